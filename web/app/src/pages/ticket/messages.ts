import { ApiError } from '../../api/problem'

/** How many letters the server takes in one message. */
export const mostLetters = 20_000

/** What a refusal says of one part of what was sent. */
export function messageAt(err: unknown, pointer: string): string | undefined {
  return err instanceof ApiError ? err.errors.find((one) => one.pointer === pointer)?.message : undefined
}
