import { Select, type SelectProps } from '@mantine/core'

/** A choice from many, searched by typing; loaded when a form has one. */
export default function SearchSelect(props: SelectProps) {
  return <Select {...props} searchable comboboxProps={{ shadow: 'md' }} maxDropdownHeight={320} />
}
