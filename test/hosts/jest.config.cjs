const { roots, testMatch, ...shared } = require('../../jest.config.cjs')

/** @type {import('jest').Config} */
module.exports = {
  ...shared,
  rootDir: '../..',
  roots: ['<rootDir>/test/hosts'],
  testMatch: ['**/*.matrix.ts'],
}
