//go:build !js

package rqlite

import "context"

type key struct{}

func (c *Cluster) keyed(ctx context.Context, list []prepared) (*key, error) { return nil, nil }

func (c *Cluster) writeKeyed(ctx context.Context, list []prepared, k *key) ([]result, error) {
	return nil, nil
}
