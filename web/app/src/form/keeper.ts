import { digest, type Draft, type DraftPlace, dropDraft, type Found, keepDraft, newKey, noteSent, noteSlot, sentAs, slotOf, storedAt, touched } from './draft'
import type { Values } from './pointer'

export type Contents = Pick<Draft, 'values' | 'files' | 'key'>

/**
 * Keeps what is typed into a form in this tab, beside other tabs with the same form: only what this tab changed is
 * written, and where another tab has written meanwhile, both are kept.
 */
export class Keeper {
  /** Where this tab's draft stands. */
  place: DraftPlace
  /** What stood there when this tab last looked. */
  private seen: string | undefined
  /** What this tab held when it last wrote, or began. */
  private saved: string
  /** Where the draft was taken from, until it stands at its own place. */
  private origin: DraftPlace | undefined
  done = false

  constructor(
    place: DraftPlace,
    private readonly initial: Values,
    contents: Contents,
    found: Found | undefined,
  ) {
    this.saved = JSON.stringify(contents)
    this.place = { ...place, slot: slotOf(place) ?? found?.place.slot }
    if (found) this.follow(place, found)
    else this.seen = storedAt(this.place)
    noteSlot(place, this.place.slot ?? '')
  }

  /** Goes on with a draft that was found; what stands here stays where it is. */
  take(place: DraftPlace, found: Found, contents: Contents) {
    this.saved = JSON.stringify(contents)
    this.done = false
    this.follow(place, found)
    noteSlot(place, this.place.slot ?? '')
  }

  private follow(place: DraftPlace, found: Found) {
    const own = found.place.person === place.person && found.place.version === place.version
    this.place = { ...place, slot: found.place.slot }
    if (!own && storedAt(this.place) !== undefined) this.place.slot = newKey().slice(0, 8)
    this.seen = own ? found.raw : undefined
    this.origin = own ? undefined : found.place
    // What came from elsewhere is kept here as soon as it is saved.
    if (!own) this.saved = ''
  }

  /** Whether a draft is the one that this tab goes on with. */
  holds({ place }: Found): boolean {
    return [this.place, this.origin].some((one) => one && one.person === place.person && one.version === place.version && (one.slot ?? '') === (place.slot ?? ''))
  }

  /** Keeps contents where this tab changed them; tells the key that they are to be sent under. */
  save(contents: Contents, now: number): string {
    if (this.done || JSON.stringify(contents) === this.saved) return contents.key
    let { key } = contents
    const sent = sentAs(key)
    if (sent !== undefined) {
      if (sent === digest(contents)) return key
      key = newKey()
    }
    const stands = storedAt(this.place)
    const foreign = stands !== undefined && stands !== this.seen
    if (foreign) {
      this.place = { ...this.place, slot: newKey().slice(0, 8) }
      this.seen = undefined
      noteSlot(this.place, this.place.slot ?? '')
      key = newKey()
    }
    this.saved = JSON.stringify({ ...contents, key })
    if (touched(contents.values, contents.files, this.initial)) this.seen = keepDraft(this.place, { ...contents, key }, now) ?? this.seen
    else if (!foreign) this.drop()
    if (this.origin && storedAt(this.place) !== undefined) {
      dropDraft(this.origin)
      this.origin = undefined
    }
    return key
  }

  /** Forgets this tab's draft, and no other's. */
  drop() {
    if (storedAt(this.place) === this.seen) dropDraft(this.place)
    this.seen = undefined
    if (this.origin) dropDraft(this.origin)
    this.origin = undefined
  }

  /** Begins again with other contents; what another tab has written here meanwhile is its own. */
  restart(contents: Contents) {
    this.saved = JSON.stringify(contents)
    this.seen = undefined
  }

  /** The server has it all: no tab shall send it once more, and what follows in this one begins empty. */
  finish(contents: Contents, now: number) {
    this.done = true
    noteSent(contents.key, digest(contents), now)
    this.drop()
    noteSlot(this.place, newKey().slice(0, 8))
  }
}
