{
  'variables': {
    # 1: for other hosts than this one. scripts/prebuilds sets it.
    'nskit_portable%': 0
  },
  'conditions': [
    ['OS=="linux"', {
      'targets': [
        {
          # The launcher: freestanding and static, because a C library costs more to start than it does.
          'target_name': 'nskit-stage',
          'type': 'executable',
          'sources': [
            '<!@(node -p "require(\'fs\').readdirSync(\'native/stage\').filter(f => f.endsWith(\'.cpp\')).map(f => \'native/stage/\' + f).join(\' \')")'
          ],
          # gyp's and Node's defaults are for code with a C library and exceptions.
          'cflags!': ['-pthread', '-fno-omit-frame-pointer', '-O3'],
          'cflags_cc!': ['-std=gnu++17', '-std=gnu++20'],
          'ldflags!': ['-pthread', '-rdynamic'],
          'libraries!': ['-lpthread', '-lm', '-ldl'],
          'cflags_cc': [
            '-std=c++17', '-Os', '-Wall', '-Wextra',
            '-ffreestanding', '-fno-exceptions', '-fno-rtti', '-fno-pic', '-fno-pie',
            '-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-fomit-frame-pointer',
            '-fno-threadsafe-statics', '-ffunction-sections', '-fdata-sections', '-fno-ident'
          ],
          'ldflags': [
            '-static', '-nostdlib', '-nostartfiles', '-no-pie', '-s',
            '-Wl,--gc-sections', '-Wl,--build-id=none', '-Wl,-z,noexecstack', '-Wl,-z,norelro',
            # No padding to a page between code and constants: a third of the file. Data stays apart, as W^X demands.
            '-Wl,-z,noseparate-code'
          ],
          'conditions': [
            # gcc's helper functions for atomics live in a library that is not linked.
            ['target_arch=="arm64"', {'cflags_cc': ['-mno-outline-atomics']}]
          ]
        },
        {
          'target_name': 'nskit',
          'dependencies': ['nskit-stage'],
          'sources': [
            'native/addon/addon.cpp',
            'native/addon/arguments.cpp',
            'native/addon/child.cpp',
            'native/addon/child_verdict.cpp',
            'native/addon/clone_into.cpp',
            'native/addon/guardian.cpp',
            'native/addon/handles.cpp',
            'native/addon/image.cpp',
            'native/addon/launch.cpp',
            'native/addon/namespaces_binding.cpp',
            'native/addon/namespaces_gather.cpp',
            'native/addon/namespaces_mounts.cpp',
            'native/addon/namespaces_process.cpp',
            'native/addon/namespaces_scan.cpp',
            'native/addon/namespaces_table.cpp',
            'native/addon/process.cpp',
            'native/addon/raw.cpp',
            'native/addon/receive.cpp',
            'native/addon/run_sync.cpp',
            'native/addon/slot.cpp',
            'native/addon/status_binding.cpp',
            'native/addon/status_parse.cpp',
            'native/addon/status_read.cpp',
            'native/addon/sync_pipe.cpp',
            'native/addon/watch.cpp'
          ],
          'include_dirs': [
            '<!(node -p "require(\'node-addon-api\').include_dir")',
            '<(INTERMEDIATE_DIR)'
          ],
          'defines': [
            'NAPI_VERSION=8',
            'NAPI_DISABLE_CPP_EXCEPTIONS',
            'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
            '_GNU_SOURCE'
          ],
          'cflags_cc': ['-std=c++17', '-fvisibility=hidden', '-Wall', '-Wextra'],
          # nodelete: the guardian's thread runs on when the last Worker that loaded the addon has gone.
          'ldflags': ['-Wl,-z,nodelete', '-Wl,-z,relro,-z,now'],
          'actions': [
            {
              'action_name': 'embed-stage',
              'inputs': ['native/stage/embed.mjs', '<(PRODUCT_DIR)/nskit-stage'],
              'outputs': ['<(INTERMEDIATE_DIR)/stage_image.h'],
              'action': ['node', 'native/stage/embed.mjs', '<(PRODUCT_DIR)/nskit-stage', '<@(_outputs)']
            }
          ],
          'conditions': [
            ['nskit_portable==1', {
              'sources': ['native/compat/glibc.cpp'],
              'ldflags': [
                '-static-libstdc++', '-static-libgcc', '-Wl,--gc-sections',
                '-Wl,--version-script=<(module_root_dir)/native/compat/exports.map',
                '-Wl,--wrap=dladdr', '-Wl,--wrap=pthread_create', '-Wl,--wrap=pthread_join',
                '-Wl,--wrap=pthread_once', '-Wl,--wrap=__pthread_key_create', '-Wl,--wrap=pthread_setname_np',
                '-Wl,--wrap=pthread_sigmask', '-Wl,--wrap=fstat64', '-Wl,--wrap=_dl_find_object'
              ]
            }]
          ]
        }
      ]
    }, {
      # The package can be installed anywhere; it runs on Linux.
      'targets': [{'target_name': 'nskit', 'type': 'none'}]
    }]
  ]
}
