import { fieldsOf } from './records.js'

describe('msg of a program', () => {
  it('ends at its last apostrophe: what the program writes ends nothing', () => {
    expect(
      fieldsOf(`pid=1 uid=0 ses=3 msg='text=it' uid=720000 ses=9 msg='x' res=success'`, 'USER'),
    ).toMatchObject({
      uid: '0',
      ses: '3',
      res: 'success',
    })
  })

  it('may have words without a name', () => {
    expect(
      fieldsOf(
        `uid=0 msg='PAM: accounting acct="root" : exe="/usr/sbin/cron" (hostname=?, addr=?, terminal=(none) res=success)'`,
        'USER_ACCT',
      ),
    ).toEqual({
      uid: '0',
      msg: 'PAM: accounting',
      acct: 'root',
      exe: '/usr/sbin/cron',
      hostname: '?',
      addr: '?',
      terminal: '(none)',
      res: 'success',
    })
    expect(fieldsOf(`uid=0 msg='text=several words 'quoted' too uid=5 exe="/x"'`, 'USER')).toEqual({
      uid: '0',
      text: "several words 'quoted' too",
      exe: '/x',
    })
    expect(fieldsOf('op=add rule key="x" list=4', 'CONFIG_CHANGE')).toEqual({
      op: 'add rule',
      key: 'x',
      list: '4',
    })
    expect(fieldsOf('audit_enabled=1 old=0', 'CONFIG_CHANGE')).toEqual({ audit_enabled: '1', old: '0' })
    expect(fieldsOf('initialized', 'KERNEL')).toEqual({ msg: 'initialized' })
  })
})

describe('a decision of SELinux', () => {
  const body =
    'avc:  denied  { read write } for  pid=7 comm="x" name="shadow" ino=9 scontext=a:b:c:s0:c1,c2 tclass=file permissive=0'

  it('has its result and its permissions under auparse’s names', () => {
    expect(fieldsOf(body, 'AVC')).toEqual({
      seresult: 'denied',
      seperms: 'read write',
      pid: '7',
      comm: 'x',
      name: 'shadow',
      ino: '9',
      scontext: 'a:b:c:s0:c1,c2',
      tclass: 'file',
      permissive: '0',
    })
  })

  it('has them in a program’s message too', () => {
    expect(fieldsOf(`pid=9 uid=0 msg='${body} sauid=81'`, 'USER_AVC')).toMatchObject({
      pid: '9',
      seresult: 'denied',
      seperms: 'read write',
      sauid: '81',
    })
  })

  it('of AppArmor has all of its fields named', () => {
    const text = 'apparmor="DENIED" operation="open" profile="x" name="/y" pid=1 comm="z" fsuid=720000 ouid=0'
    expect(fieldsOf(text, 'AVC')).toEqual({
      apparmor: 'DENIED',
      operation: 'open',
      profile: 'x',
      name: '/y',
      pid: '1',
      comm: 'z',
      fsuid: '720000',
      ouid: '0',
    })
  })
})
