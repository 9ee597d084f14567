package sqlc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/sqlc-dev/sqlc/pkg/cli"
)

// childEnv marks a process that has to run sqlc.
const childEnv = "DREY_RUN_SQLC"

// RunChild turns the process into sqlc if [Run] has started it for that, and
// returns otherwise. A program that calls Run calls RunChild first thing in main,
// and a test calls it in TestMain.
//
// sqlc is linked in but runs in a process of its own: it can panic in
// goroutines that nobody else can recover, it writes to os.Stderr, and it
// cannot be cancelled.
func RunChild() {
	if os.Getenv(childEnv) != "" {
		os.Exit(cli.Run(os.Args[1:]))
	}
}

// child runs "sqlc generate" in dir. said is what sqlc prints.
func child(ctx context.Context, dir string, env ...string) (said string, failed bool, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", false, fmt.Errorf("run sqlc: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "generate", "--no-remote", "-f", configFile)
	cmd.Dir = dir
	cmd.WaitDelay = time.Second
	cmd.Env = []string{childEnv + "=1", "GOGC=200"} // a fifth faster than 100, for little more memory
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "SQLC") { // its debug switches and credentials
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if ctx.Err() != nil {
		return "", false, fmt.Errorf("run sqlc: %w", context.Cause(ctx))
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return out.String(), true, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("run sqlc: %w", err)
	}
	return out.String(), false, nil
}
