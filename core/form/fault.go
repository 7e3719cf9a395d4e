package form

// Fault says what is wrong with a text by one of the formats that schemas use, as the problem's code;
// empty for a good text and for a format that there is not.
func Fault(format, text string) string {
	check := formats[format]
	if check == nil {
		return ""
	}
	return check(text)
}
