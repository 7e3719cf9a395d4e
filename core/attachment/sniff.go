package attachment

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/gabriel-vasile/mimetype"
)

// sniffed is how many bytes a type is told by.
const sniffed = 3072

// Sniff tells the type of a stream by its first bytes and returns a reader of the whole stream.
func Sniff(r io.Reader) (contentType string, whole io.Reader, err error) {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", nil, fmt.Errorf("receive file: %w", err)
	}
	head = head[:n]
	return mimetype.Detect(head).String(), io.MultiReader(bytes.NewReader(head), r), nil
}

// Inline reports whether a browser may show the file within a page: raster images alone. An SVG or an
// HTML file is a program and is only ever downloaded.
func Inline(contentType string) bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, contentType)
}

// IsImage reports whether the file is a picture, for rules that ask for a screenshot.
func IsImage(contentType string) bool {
	return Inline(contentType) || slices.Contains([]string{"image/bmp", "image/tiff", "image/heic", "image/heif", "image/avif"}, contentType)
}
