// What a plan executes in the tests: exits with 42 where it got what the plan gives, and nothing else.

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv, char** environment) {
  char directory[8] = "";
  if (argc < 2 || strcmp(argv[argc - 1], "--last") != 0) return 1;
  if (environment[0] == nullptr || strcmp(environment[0], "NSKIT_PROBE=1") != 0 || environment[1] != nullptr)
    return 2;
  if (getcwd(directory, sizeof directory) == nullptr || strcmp(directory, "/") != 0) return 3;
  for (int fd = 0; fd < 64; fd++) {
    if ((fcntl(fd, F_GETFD) >= 0) != (fd < 3)) return 10 + fd;
  }
  return 42;
}
