# What the rows expect of a guest: an ordinary user without subordinate ids, and AppArmor's tools.
# $1: the unpacked tools. $2: the profiles. $3, $4: name and id of the user.
tools=$1 profiles=$2 name=$3 id=$4
echo "$name:x:$id:$id::/tmp:/bin/sh" >>/etc/passwd
echo "$name:x:$id:" >>/etc/group
# The machine may be a container; the guest is none.
rm -f /.dockerenv
touch /etc/subuid /etc/subgid
# Files of its own, and no backups: the machine may change its accounts meanwhile, and an overlay does not
# bear that.
for each in passwd group shadow gshadow subuid subgid; do
  rm -f "/etc/$each-"
  [ ! -e "/etc/$each" ] || { cp -p "/etc/$each" /run/own && mv -f /run/own "/etc/$each"; }
done

mkdir -p /etc/apparmor.d/local
cp -r "$tools/etc/apparmor.d/abi" "$tools/etc/apparmor.d/tunables" "$profiles/." /etc/apparmor.d/
libraries=$tools/usr/lib/x86_64-linux-gnu
cat >/usr/sbin/apparmor_parser <<WRAPPER
#!/bin/sh
exec '$libraries/ld-linux-x86-64.so.2' --library-path '$libraries' '$tools/usr/sbin/apparmor_parser' \\
  --config-file /dev/null --skip-cache "\$@"
WRAPPER
chmod 755 /usr/sbin/apparmor_parser
