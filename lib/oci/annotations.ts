/** Names in `annotations`. */
export const ANNOTATIONS = {
  /** The option `name`. */
  name: 'io.nskit.name',
  /** 'empty': the rootfs of the bundle is an empty directory, and nothing of it is meant. */
  root: 'io.nskit.root',
} as const
