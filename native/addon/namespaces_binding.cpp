#include "namespaces_binding.h"

#include <string.h>

#include <string>
#include <vector>

#include "arguments.h"
#include "namespaces_scan.h"
#include "namespaces_table.h"

namespace nskit {
namespace {

// One row's share of `numbers`; lib/namespaces/list/rows.ts reads it.
constexpr size_t kRowNumbers = 8;

std::vector<uint64_t> Numbers(const std::vector<NamespaceRow>& rows) {
  std::vector<uint64_t> numbers;
  numbers.reserve(rows.size() * kRowNumbers);
  for (const NamespaceRow& row : rows) {
    const uint64_t pid = static_cast<uint64_t>(row.pid);
    for (const uint64_t number : {uint64_t{row.type}, row.ino, uint64_t{row.processes}, pid,
                                  uint64_t{row.uid}, row.owner, row.parent, uint64_t{row.paths.size()}}) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

Napi::Value List(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsArray()) return Refuse(env, "expected an array of namespace types");
  const Napi::Array asked = info[0].As<Napi::Array>();
  std::vector<std::string> types;
  for (uint32_t i = 0; i < asked.Length(); i++) {
    const Napi::Value type = asked[i];
    if (!type.IsString()) return Refuse(env, "expected strings");
    types.push_back(type.As<Napi::String>().Utf8Value());
  }

  NamespaceTable table(std::move(types));
  if (const int result = NamespaceScan(&table).Run()) return Napi::Number::New(env, result);

  const std::vector<uint64_t> numbers = Numbers(table.rows());
  Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(env, numbers.size() * sizeof(uint64_t));
  if (!numbers.empty()) memcpy(buffer.Data(), numbers.data(), buffer.ByteLength());
  Napi::Array texts = Napi::Array::New(env);
  uint32_t count = 0;
  for (const NamespaceRow& row : table.rows()) {
    const Napi::HandleScope scope(env);
    texts[count++] = row.command;
    for (const std::string& path : row.paths) texts[count++] = path;
  }
  Napi::Object rows = Napi::Object::New(env);
  rows["numbers"] = buffer;
  rows["texts"] = texts;
  return rows;
}

}  // namespace

void RegisterNamespaces(Napi::Env env, Napi::Object exports) {
  exports["listNamespaces"] = Napi::Function::New<List>(env, "listNamespaces");
}

}  // namespace nskit
