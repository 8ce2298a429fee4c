#include "namespaces_binding.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <string>
#include <vector>

#include "arguments.h"
#include "namespaces_scan.h"
#include "namespaces_table.h"
#include "owned_fd.h"

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

// (fd, type, flag, fn): calls `fn` with this thread in the namespace `fd`, then takes it back to where it
// was. 0; a negative errno where it could not enter, a positive one where it could not come back: `fn` has
// not run then. Here and not in a `finally`, which V8 skips where it terminates what runs (a timeout of
// node:vm, the inspector's "terminate"), and which cannot even close a descriptor where the stack is full.
Napi::Value RunInside(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsNumber() || !info[1].IsString() || !info[2].IsNumber() || !info[3].IsFunction()) {
    return Refuse(env, "expected (fd, type, flag, fn)");
  }
  const int flag = info[2].As<Napi::Number>().Int32Value();
  const std::string link = "/proc/thread-self/ns/" + info[1].As<Napi::String>().Utf8Value();
  const OwnedFd back(open(link.c_str(), O_RDONLY | O_CLOEXEC));
  // A step on the spot, which asks for the rights that the way back takes: after the other it would be too
  // late.
  if (!back || setns(back.get(), flag) != 0) return Napi::Number::New(env, errno);
  if (setns(info[0].As<Napi::Number>().Int32Value(), flag) != 0) return Napi::Number::New(env, -errno);
  // Plain N-API: its C++ face would make an error of a termination, which is not to be caught. What `fn`
  // threw stays pending, and is thrown on when this returns.
  napi_value result = nullptr;
  napi_call_function(env, env.Undefined(), info[3], 0, nullptr, &result);
  // A thread left in a foreign namespace would act on the wrong network or host name from here on.
  if (setns(back.get(), flag) != 0) abort();
  return env.IsExceptionPending() ? Napi::Value() : Napi::Number::New(env, 0);
}

}  // namespace

void RegisterNamespaces(Napi::Env env, Napi::Object exports) {
  exports["listNamespaces"] = Napi::Function::New<List>(env, "listNamespaces");
  exports["runInside"] = Napi::Function::New<RunInside>(env, "runInside");
}

}  // namespace nskit
