package sqlcgen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/sqlc-dev/sqlc/pkg/cli"
)

// childEnv marks a process that is to be sqlc.
const childEnv = "DREY_RUN_SQLC"

// RunChild turns the process into sqlc if [Run] has started it for that, and
// returns otherwise. A program that calls Run calls it first thing in main.
//
// sqlc is linked in but runs in a process of its own: it can panic in
// goroutines that nobody else can recover, it writes to os.Stderr, and it
// cannot be cancelled.
func RunChild() {
	if os.Getenv(childEnv) != "" {
		os.Exit(cli.Run(os.Args[1:]))
	}
}

// child runs "sqlc generate" in dir and returns what it says on failure.
func child(ctx context.Context, dir string) (said string, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("run sqlc: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "generate", "--no-remote", "-f", configFile)
	cmd.Dir = dir
	cmd.Env = []string{childEnv + "=1"}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SQLC") { // its debug switches and credentials
			cmd.Env = append(cmd.Env, v)
		}
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", fmt.Errorf("run sqlc: %w", err)
	}
	return out.String(), err
}
