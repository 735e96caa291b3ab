/* Preloaded: while the file TEST_DISK is there, no fsync returns, as on a disk or a share that hangs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_while_it_hangs(void) {
    const char *path = getenv("TEST_DISK");
    while (path && access(path, F_OK) == 0) usleep(20000);
}

int fsync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_while_it_hangs();
    return real(file);
}

int fdatasync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_while_it_hangs();
    return real(file);
}
