// The boxes that lie over the page: Esc is for the one on top and for no other.

export interface OpenBox {
  /** What Esc does. */
  leave: () => void
}

const open: OpenBox[] = []

/** Puts a box over those that are open; the answer takes it away. */
export function putOnTop(box: OpenBox): () => void {
  if (open.push(box) === 1) window.addEventListener('keydown', escape, { capture: true })
  return () => {
    open.splice(open.indexOf(box), 1)
    if (open.length === 0) window.removeEventListener('keydown', escape, { capture: true })
  }
}

function escape(event: KeyboardEvent) {
  if (event.key !== 'Escape' || event.isComposing) return
  // Where a list hangs open, the key closes that list.
  if (event.target instanceof Element && event.target.getAttribute('data-mantine-stop-propagation') === 'true') return
  // The keys of the page beneath are not asked.
  event.preventDefault()
  event.stopPropagation()
  open.at(-1)?.leave()
}
