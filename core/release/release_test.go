package release_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
)

// sample returns the good bundle of the tests.
func sample(t *testing.T) api.Bundle {
	t.Helper()
	bundle, err := release.FromDir("testdata/plugins/sample/plugin.yaml")
	require.NoError(t, err)
	return bundle
}

func TestCheckAcceptsTheSample(t *testing.T) {
	t.Parallel()
	bundle := sample(t)
	system, findings := release.Check(bundle)
	require.Empty(t, findings)
	require.Equal(t, "sample", system.Declaration.Key)
	require.Equal(t, bundle.Digest(), system.Digest)
}
