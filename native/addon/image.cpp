#include "image.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <mutex>
#include <string>

#include "kernel.h"
#include "owned_fd.h"
#include "stage_image.h"  // made by native/stage/embed.mjs

namespace nskit {
namespace {

int CreateImageFd() {
  constexpr char kName[] = "nskit-stage";
  // Since 6.3 vm.memfd_noexec = 1 makes a memfd non-executable unless it says MFD_EXEC; before, the
  // flag is EINVAL.
  int fd = memfd_create(kName, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
  if (fd < 0 && errno == EINVAL) fd = memfd_create(kName, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return fd;
}

// Sealed, so that a container that reaches it through /proc/PID/exe cannot write to the program
// that starts the next one (CVE-2019-5736).
OwnedFd MakeSealedImage(int* refused) {
  OwnedFd fd(CreateImageFd());
  *refused = fd ? 0 : errno;
  if (!fd) return OwnedFd();
  size_t done = 0;
  while (done < sizeof kStageImage) {
    const ssize_t n = write(fd.get(), kStageImage + done, sizeof kStageImage - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      *refused = n < 0 ? errno : EIO;
      return OwnedFd();
    }
    done += static_cast<size_t>(n);
  }
  if (fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
    *refused = errno;
    return OwnedFd();
  }
  return fd;
}

std::string PathBesideAddon() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&Stage), &info) == 0 || info.dli_fname == nullptr) return "";
  const std::string addon = info.dli_fname;
  const size_t slash = addon.rfind('/');
  return slash == std::string::npos ? "" : addon.substr(0, slash + 1) + "nskit-stage";
}

struct Held {
  int refused = 0;
  OwnedFd fd = MakeSealedImage(&refused);
  std::string path = PathBesideAddon();
  StageImage image{fd.get(), refused, path.c_str()};
};

}  // namespace

const StageImage& Stage() {
  // Never destroyed: the guardian may start a stage while the process exits.
  static std::once_flag once;
  static Held* held;
  std::call_once(once, [] { held = new Held; });
  return held->image;
}

}  // namespace nskit
