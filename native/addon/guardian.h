#pragma once

#include <functional>
#include <memory>

#include "child.h"

namespace nskit {

// The guardian is a thread that lives as long as the process, unlike a Worker's.

// Runs `work` there and waits for it. 0, or the errno for which there is no guardian.
int RunOnGuardian(const std::function<void()>& work);

// Watches `child` to its end after the environment that launched it has gone: it goes on living with
// its lifeline, is reaped, and nobody is told.
void Adopt(std::unique_ptr<Child> child);

}  // namespace nskit
