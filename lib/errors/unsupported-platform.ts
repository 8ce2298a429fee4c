/** Thrown by every call that needs the kernel when the platform is not Linux. Importing the package is safe anywhere. */
export class UnsupportedPlatformError extends Error {
  override readonly name = 'UnsupportedPlatformError'
  readonly code = 'ERR_NSKIT_UNSUPPORTED_PLATFORM'
  readonly platform: NodeJS.Platform = process.platform

  constructor() {
    super(`nskit needs Linux: namespaces do not exist on ${process.platform}`)
  }
}
