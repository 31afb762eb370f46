/** The value of an `Authorization` or `Proxy-Authorization` header for user and password (RFC 7617). */
export function basicHeader({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
