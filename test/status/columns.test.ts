import { native } from '../../lib/native/binding.js'
import { STATUS_COLUMNS } from '../../lib/status/columns.js'

test('the addon fills in the columns that are read, in the same order and width', () => {
  expect([...native().statusColumns()]).toEqual(STATUS_COLUMNS.flat())
})
