// Package glog stands in for the real one.
package glog

type DB struct{}
