// Package shared holds the schemas that several systems' forms share: names, phones, addresses and
// numbers of the state's registers. A form names one as {"$ref": "shared/<name>.schema.json"}; core/form
// puts it in when a release is read.
//
// Invariant: a file here is part of the digest of each release that names it, so a change of its
// meaning is a new file.
package shared

import "embed"

// FS holds the *.schema.json files of this folder.
//
//go:embed *.schema.json
var FS embed.FS
