// Archives of the form that the kernel unpacks as its first root (Documentation/driver-api/early-userspace/
// buffer-format.rst): several may stand one after the other.
const FILE = 0o100000

/** `files`: [path, content, mode]. Folders on the way are added. */
export function cpio(files) {
  const folders = new Set(files.flatMap(([path]) => parents(path)))
  const entries = [
    ...Array.from(folders, (path) => entry(path, Buffer.alloc(0), 0o40755)),
    ...files.map(([path, content, mode = 0o644]) => entry(path, Buffer.from(content), FILE | mode)),
    entry('TRAILER!!!', Buffer.alloc(0), 0),
  ]
  return Buffer.concat(entries)
}

function parents(path) {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

let inode = 0

function entry(path, content, mode) {
  const name = Buffer.from(`${path}\0`)
  inode += 1
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0]
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`
  return Buffer.concat([padded(Buffer.concat([Buffer.from(header), name])), padded(content)])
}

function padded(data) {
  return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)])
}
