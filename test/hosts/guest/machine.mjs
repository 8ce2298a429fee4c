// The machine that QEMU emulates. No network card, no disk, no screen.

/** As given to the kernel: under emulation its own calibration of clocks fails now and then. */
const KERNEL_LINE =
  'console=ttyS0 panic=-1 quiet tsc=reliable no_timer_check mitigations=off nokaslr random.trust_cpu=on'

export function machine({ image, firstRoot, root, log, memory }) {
  return [
    ...['-accel', 'tcg,thread=multi,tb-size=512'],
    // virtiofs reads and writes the guest's memory from another process.
    ...['-M', 'pc,memory-backend=memory'],
    ...['-object', `memory-backend-memfd,id=memory,size=${memory}M,share=on`],
    ...['-m', String(memory), '-smp', '2', '-cpu', 'max,la57=off'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-kernel', image, '-initrd', firstRoot, '-append', KERNEL_LINE],
    ...['-serial', `file:${log}`],
    ...['-chardev', `socket,id=root,path=${root}`],
    ...['-device', 'vhost-user-fs-pci,chardev=root,tag=root,queue-size=1024'],
    ...['-device', 'virtio-serial-pci'],
  ]
}
