/** Thrown by every call that needs the kernel when the platform is not Linux. Importing the package is safe anywhere. */
export class UnsupportedPlatformError extends Error {
  /** Always this. */
  override readonly name = 'UnsupportedPlatformError'
  /** What to compare with: it stays, also where `message` changes. */
  readonly code = 'ERR_NSKIT_UNSUPPORTED_PLATFORM'
  /** As process.platform. */
  readonly platform: NodeJS.Platform = process.platform

  /** Of the platform that the process runs on. */
  constructor() {
    super(`nskit needs Linux: namespaces do not exist on ${process.platform}`)
  }
}
