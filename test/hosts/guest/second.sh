# PID 1 of a guest, in its root: what a host has, then the set-up, then the command. Its status comes last.
cd /run/nskit-guest
/run/nskit-guest/busybox --install -s bin
PATH=$PWD/bin
mkdir -p /dev/pts /dev/shm /run/lock
mount -t devpts -o mode=620,ptmxmode=666,gid=5 devpts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup
[ -d /sys/kernel/security ] && mount -t securityfs securityfs /sys/kernel/security
ln -sf /proc/self/fd /dev/fd
for each in 0:stdin 1:stdout 2:stderr; do ln -sf "fd/${each%%:*}" "/dev/${each#*:}"; done
ip link set lo up
hostname guest
mkdir -p /lib/modules
mount --bind "$(cat modules)" /lib/modules
echo "$PATH/modprobe" >/proc/sys/kernel/modprobe

for port in /sys/class/virtio-ports/*; do ln -s "/dev/${port##*/}" "port.$(cat "$port/name")"; done
# Through pipes: a port takes one writer, and closing it is not seen until all is read.
mkfifo out err
cat out >port.out & out=$!
cat err >port.err & err=$!
exec 7>out 8>err
if PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH sh -e ./setup >&7 2>&8 7>&- 8>&- </dev/null; then
  setsid sh ./command >&7 2>&8 7>&- 8>&- </dev/null & wait $!
  status=$?
else
  status=125
fi
exec 7>&- 8>&-
# A process that the command left may hold the pipes open.
for i in 1 2 3 4 5 6 7 8 9 10; do
  kill -0 $out $err 2>/dev/null || break
  usleep 100000
done
echo $status >port.status
poweroff -f
