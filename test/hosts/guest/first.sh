#!/busybox sh
# PID 1 of a guest: the host's root, read-only and under a tmpfs, becomes its root.
/busybox mkdir -p /dev /proc /sys /bin /lower /layer /new
/busybox --install -s /bin
export PATH=/bin
fail() {
  echo "guest: $*" >/dev/console
  poweroff -f
}
mount -t devtmpfs dev /dev && mount -t proc proc /proc && mount -t sysfs sys /sys || fail 'no /proc'
while read -r module; do insmod "/modules/$module" || fail "$module"; done </modules/order
mount -t virtiofs -o ro root /lower || fail 'no root'
mount -t tmpfs -o mode=755,size=75% layer /layer && mkdir /layer/upper /layer/work || fail 'no tmpfs'
mount -t overlay -o lowerdir=/lower,upperdir=/layer/upper,workdir=/layer/work root /new || fail 'no overlay'
for each in dev proc sys; do mount --move "/$each" "/new/$each"; done
mount -t tmpfs -o mode=755 run /new/run
mkdir -p /new/run/nskit-guest/bin
cp -r /busybox /job/* /new/run/nskit-guest/
exec switch_root /new /run/nskit-guest/busybox sh /run/nskit-guest/second.sh
