import { pathIn } from '../../lib/oci/cgroups-path'
import { parseMountInfo } from '../../lib/probe/facts/mountinfo'

const table = parseMountInfo(`
21 1 0:20 / / rw - ext4 /dev/sda rw
30 21 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
40 21 0:26 /user.slice /mnt/part rw - cgroup2 cgroup2 rw
50 21 0:40 / /mnt/part/other rw - tmpfs tmpfs rw
`)
const inside = parseMountInfo(`
30 21 0:26 /docker/a /sys/fs/cgroup rw - cgroup2 cgroup2 rw
40 21 0:26 / /host rw - cgroup2 cgroup2 rw
`)

test.each([
  ['/sys/fs/cgroup/a/b', '/a/b'],
  ['/mnt/part/b', '/user.slice/b'],
  ['/mnt/part/other/b', undefined],
  ['/sys/fs/cgroup', undefined],
  ['/tmp', undefined],
])('%s is %s in the hierarchy', (directory, path) => {
  expect(pathIn(table, directory)).toBe(path)
})

test.each([
  ['/sys/fs/cgroup/b', '/b'],
  ['/host/docker/a/b', '/b'],
  ['/host/docker/c', undefined],
])('%s is %s below what a container has of it', (directory, path) => {
  expect(pathIn(inside, directory)).toBe(path)
})

it('without a hierarchy there is none', () => {
  expect(pathIn(table.slice(0, 1), '/sys/fs/cgroup/a')).toBeUndefined()
})
