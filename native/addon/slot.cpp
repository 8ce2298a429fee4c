#include "slot.h"

#include <sys/mman.h>
#include <unistd.h>

#include <mutex>

namespace nskit {
namespace {

constexpr size_t kStackSize = 32 << 10;

struct Pool {
  std::mutex mutex;
  std::vector<Slot*> slots;
};

// Never destroyed: the guardian outlives static destructors.
Pool& ThePool() {
  static Pool* pool = new Pool;
  return *pool;
}

char* MapStack() {
  const size_t guard = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* base = mmap(nullptr, guard + kStackSize, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return nullptr;
  mprotect(base, guard, PROT_NONE);
  return static_cast<char*>(base) + guard + kStackSize;
}

}  // namespace

SlotLease TakeSlot() {
  Pool& pool = ThePool();
  const std::lock_guard<std::mutex> lock(pool.mutex);
  for (Slot* slot : pool.slots) {
    if (!slot->taken && slot->tid.load() == 0) {
      slot->taken = true;
      slot->error = 0;
      return SlotLease(slot);
    }
  }
  char* stack_top = MapStack();
  if (stack_top == nullptr) return SlotLease();
  Slot* slot = new Slot;
  slot->stack_top = stack_top;
  slot->taken = true;
  pool.slots.push_back(slot);
  return SlotLease(slot);
}

void ReturnSlot::operator()(Slot* slot) const {
  const std::lock_guard<std::mutex> lock(ThePool().mutex);
  slot->taken = false;
}

}  // namespace nskit
