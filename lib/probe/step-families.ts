/** The steps of a probe by what they are about: rules, remedies and kinds speak of these. */

export const CREATE_USER = /^create-user$/
export const CREATE_OTHER = /^create-(?!user$)/
export const WRITE_MAPS = /^write-(setgroups|uid-map|gid-map)$/
export const MOUNTS = /^(set-propagation|mount-|bind-mount|pivot-root|unmount-|detach-)/
export const LOOPBACK = /loopback/
export const HOSTNAME = /^set-(hostname|domainname)$/
