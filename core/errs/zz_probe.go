package errs

import _ "github.com/santhosh-tekuri/jsonschema/v5"
