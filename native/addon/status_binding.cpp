#include "status_binding.h"

#include <errno.h>
#include <string.h>

#include <optional>
#include <string>
#include <vector>

#include "arguments.h"
#include "status_parse.h"
#include "status_read.h"

namespace nskit {
namespace {

using Info = Napi::CallbackInfo;

// Latin-1 gives every byte a character of its own: names may hold any.
Napi::Value Latin1(Napi::Env env, std::string_view text) {
  napi_value value = nullptr;
  napi_create_string_latin1(env, text.data(), text.size(), &value);
  return Napi::Value(env, value);
}

Napi::Value Bytes(Napi::Env env, const void* data, size_t size) {
  Napi::ArrayBuffer bytes = Napi::ArrayBuffer::New(env, size);
  if (size > 0) memcpy(bytes.Data(), data, size);
  return bytes;
}

// Nothing, with a TypeError thrown, where the first argument is no Uint8Array. Good while the call lasts.
std::optional<std::string_view> TextArgument(const Info& info) {
  if (!info[0].IsTypedArray() || info[0].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    Refuse(info.Env(), "expected a Uint8Array");
    return std::nullopt;
  }
  const Napi::Uint8Array bytes = info[0].As<Napi::Uint8Array>();
  return std::string_view(reinterpret_cast<const char*>(bytes.Data()), bytes.ByteLength());
}

// What JavaScript makes its objects from: few values, however many the processes.
Napi::Value Batch(Napi::Env env, std::string_view texts, const StatusTable& table) {
  const std::vector<std::string>& strings = table.strings.strings();
  Napi::Array names = Napi::Array::New(env, strings.size());
  for (uint32_t i = 0; i < strings.size(); i++) names[i] = Latin1(env, strings[i]);
  Napi::Object batch = Napi::Object::New(env);
  batch["bytes"] = Bytes(env, texts.data(), texts.size());
  batch["slots"] = Bytes(env, table.slots.data(), table.slots.size() * sizeof(uint64_t));
  batch["numbers"] = Bytes(env, table.numbers.data(), table.numbers.size() * sizeof(double));
  batch["strings"] = names;
  return batch;
}

Napi::Value Fault(Napi::Env env, const StatusFault& fault, pid_t pid) {
  Napi::Object object = Napi::Object::New(env);
  object["line"] = static_cast<double>(fault.line);
  object["reason"] = Latin1(env, fault.reason);
  object["pid"] = pid;
  return object;
}

Napi::Value Failure(Napi::Env env, int result) {
  return Napi::Number::New(env, result);
}

Napi::Value Parse(const Info& info) {
  const std::optional<std::string_view> text = TextArgument(info);
  if (!text) return info.Env().Undefined();
  StatusTable table;
  StatusFault fault;
  return ParseStatus(*text, 0, &table, &fault) ? Batch(info.Env(), *text, table)
                                               : Fault(info.Env(), fault, 0);
}

// A pid, or 0 for the caller.
Napi::Value ReadOne(const Info& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsNumber()) return Refuse(env, "readStatus: expected a pid");
  const pid_t pid = info[0].As<Napi::Number>().Int32Value();
  StatusReader reader;
  if (const int result = reader.Open()) return Failure(env, result);
  const std::string process = pid == 0 ? "self" : std::to_string(pid);
  std::string_view text;
  if (const int result = reader.Read(process.c_str(), &text)) return Failure(env, result);
  StatusTable table;
  StatusFault fault;
  return ParseStatus(text, 0, &table, &fault) ? Batch(env, text, table) : Fault(env, fault, pid);
}

Napi::Value ReadAll(const Info& info) {
  const Napi::Env env = info.Env();
  StatusReader reader;
  std::vector<pid_t> pids;
  if (const int result = reader.Open()) return Failure(env, result);
  if (const int result = reader.List(&pids)) return Failure(env, result);
  StatusTable table;
  table.slots.reserve(pids.size() * status_slot::kCount);
  for (const pid_t pid : pids) {
    std::string_view text;
    const int result = reader.Read(std::to_string(pid).c_str(), &text);
    // Ended meanwhile; or /proc is mounted with hidepid=1, which lists what it does not open.
    if (result == -ESRCH || result == -EACCES || result == -EPERM) continue;
    if (result != 0) return Failure(env, result);
    StatusFault fault;
    const size_t offset = reader.bytes().size() - text.size();
    if (!ParseStatus(text, offset, &table, &fault)) return Fault(env, fault, pid);
  }
  return Batch(env, reader.bytes(), table);
}

// [key, value, key, value, …] of a text that has been parsed.
Napi::Value Fields(const Info& info) {
  const Napi::Env env = info.Env();
  std::optional<std::string_view> text = TextArgument(info);
  if (!text) return env.Undefined();
  Napi::Array fields = Napi::Array::New(env);
  std::string_view rest = *text;
  StatusLine line;
  uint32_t count = 0;
  while (!rest.empty() && NextStatusLine(rest, &line)) {
    const Napi::HandleScope scope(env);
    fields[count++] = Latin1(env, line.key);
    fields[count++] = Latin1(env, line.value);
  }
  return fields;
}

// [name, slots, name, slots, …], for the test that compares the tables.
Napi::Value Columns(const Info& info) {
  Napi::Array columns = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (const StatusColumn& column : kStatusColumns) {
    columns[count++] = column.name;
    columns[count++] = static_cast<double>(column.width);
  }
  return columns;
}

}  // namespace

void RegisterStatus(Napi::Env env, Napi::Object exports) {
  exports["parseStatus"] = Napi::Function::New<Parse>(env, "parseStatus");
  exports["readStatus"] = Napi::Function::New<ReadOne>(env, "readStatus");
  exports["readAllStatuses"] = Napi::Function::New<ReadAll>(env, "readAllStatuses");
  exports["statusFields"] = Napi::Function::New<Fields>(env, "statusFields");
  exports["statusColumns"] = Napi::Function::New<Columns>(env, "statusColumns");
}

}  // namespace nskit
