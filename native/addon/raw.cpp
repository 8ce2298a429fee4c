#include "raw.h"

#include <errno.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "arguments.h"
#include "kernel.h"

namespace nskit {
namespace {

using Info = Napi::CallbackInfo;

Napi::Value Result(const Info& info, long result) {
  return Napi::Number::New(info.Env(), static_cast<double>(result < 0 ? -errno : result));
}

bool Every(const Info& info, size_t count, bool (Napi::Value::*is)() const, const char* message) {
  for (size_t i = 0; i < count; i++) {
    if ((info[i].*is)()) continue;
    Refuse(info.Env(), message);
    return false;
  }
  return true;
}

bool Numbers(const Info& info, size_t count) {
  return Every(info, count, &Napi::Value::IsNumber, "expected numbers");
}
bool Strings(const Info& info, size_t count) {
  return Every(info, count, &Napi::Value::IsString, "expected strings");
}

int Int(const Info& info, size_t i) {
  return info[i].As<Napi::Number>().Int32Value();
}
std::string Text(const Info& info, size_t i) {
  return info[i].As<Napi::String>().Utf8Value();
}

Napi::Value CloseFd(const Info& info) {
  if (!Numbers(info, 1)) return info.Env().Undefined();
  return Result(info, close(Int(info, 0)));
}

Napi::Value Unshare(const Info& info) {
  if (!Numbers(info, 1)) return info.Env().Undefined();
  return Result(info, unshare(Int(info, 0)));
}

Napi::Value Setns(const Info& info) {
  if (!Numbers(info, 2)) return info.Env().Undefined();
  return Result(info, setns(Int(info, 0), Int(info, 1)));
}

Napi::Value PidfdOpen(const Info& info) {
  if (!Numbers(info, 1)) return info.Env().Undefined();
  return Result(info, syscall(SYS_pidfd_open, Int(info, 0), 0));  // close-on-exec by itself
}

Napi::Value PidfdSendSignal(const Info& info) {
  if (!Numbers(info, 2)) return info.Env().Undefined();
  return Result(info, syscall(SYS_pidfd_send_signal, Int(info, 0), Int(info, 1), nullptr, 0));
}

template <unsigned long request>
Napi::Value NsIoctl(const Info& info) {
  if (!Numbers(info, 1)) return info.Env().Undefined();
  return Result(info, ioctl(Int(info, 0), request));
}

Napi::Value NsGetOwnerUid(const Info& info) {
  if (!Numbers(info, 1)) return info.Env().Undefined();
  uid_t uid = 0;
  const int result = ioctl(Int(info, 0), NS_GET_OWNER_UID, &uid);
  return result < 0 ? Result(info, result) : Napi::Number::New(info.Env(), uid);
}

Napi::Value SetHostname(const Info& info) {
  if (!Strings(info, 1)) return info.Env().Undefined();
  const std::string name = Text(info, 0);
  return Result(info, sethostname(name.data(), name.size()));
}

Napi::Value Three(Napi::Env env, double a, double b, double c) {
  Napi::Array array = Napi::Array::New(env, 3);
  array.Set(0u, a);
  array.Set(1u, b);
  array.Set(2u, c);
  return array;
}

Napi::Value GetResuid(const Info& info) {
  uid_t real = 0, effective = 0, saved = 0;
  getresuid(&real, &effective, &saved);
  return Three(info.Env(), real, effective, saved);
}

Napi::Value GetResgid(const Info& info) {
  gid_t real = 0, effective = 0, saved = 0;
  getresgid(&real, &effective, &saved);
  return Three(info.Env(), real, effective, saved);
}

Napi::Value BindMount(const Info& info) {
  if (!Strings(info, 2)) return info.Env().Undefined();
  return Result(info, mount(Text(info, 0).c_str(), Text(info, 1).c_str(), nullptr, MS_BIND, nullptr));
}

Napi::Value Unmount(const Info& info) {
  if (!Strings(info, 1)) return info.Env().Undefined();
  return Result(info, umount2(Text(info, 0).c_str(), MNT_DETACH));
}

Napi::Value IsMainThread(const Info& info) {
  return Napi::Boolean::New(info.Env(), syscall(SYS_gettid) == getpid());
}

template <int option>
Napi::Value Prctl(const Info& info) {
  return Result(info, prctl(option, 0, 0, 0, 0));
}

// The kernel refuses the size before it looks at anything else; a filter that hides clone3(2) answers ENOSYS.
Napi::Value Clone3WithoutArguments(const Info& info) {
  return Result(info, syscall(SYS_clone3, nullptr, 0));
}

// Sockets, not pipes: a child may shut down one direction, and writing to a closed one can be asked
// not to raise SIGPIPE.
Napi::Value StdioPair(const Info& info) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return Result(info, -1);
  int on = 1;
  ioctl(ends[0], FIONBIO, &on);
  Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(0u, ends[0]);
  pair.Set(1u, ends[1]);
  return pair;
}

}  // namespace

void DefineRaw(Napi::Env env, Napi::Object exports) {
  const auto define = [&](const char* name, auto function) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  define("stdioPair", StdioPair);
  define("closeFd", CloseFd);
  define("unshare", Unshare);
  define("setns", Setns);
  define("pidfdOpen", PidfdOpen);
  define("pidfdSendSignal", PidfdSendSignal);
  define("nsGetUserns", NsIoctl<NS_GET_USERNS>);
  define("nsGetParent", NsIoctl<NS_GET_PARENT>);
  define("nsGetType", NsIoctl<NS_GET_NSTYPE>);
  define("nsGetOwnerUid", NsGetOwnerUid);
  define("sethostname", SetHostname);
  define("getResuid", GetResuid);
  define("getResgid", GetResgid);
  define("bindMount", BindMount);
  define("unmount", Unmount);
  define("isMainThread", IsMainThread);
  define("getDumpable", Prctl<PR_GET_DUMPABLE>);
  define("getNoNewPrivs", Prctl<PR_GET_NO_NEW_PRIVS>);
  define("clone3WithoutArguments", Clone3WithoutArguments);
}

}  // namespace nskit
