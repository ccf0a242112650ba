// Runs one Lua file with gopher-lua, as the Go engine did: libraries open, a stack deep enough for the suite.
// Built by benchmarks/peers.py when go and gopher-lua's sources are installed.
package main

import (
	"bufio"
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gopher FILE.lua")
		os.Exit(2)
	}
	state := lua.NewState(lua.Options{CallStackSize: 1 << 14, RegistrySize: 1 << 18})
	defer state.Close()
	out := bufio.NewWriter(os.Stdout)
	state.SetGlobal("print", state.NewFunction(func(l *lua.LState) int {
		for i := 1; i <= l.GetTop(); i++ {
			if i > 1 {
				out.WriteByte('\t')
			}
			out.WriteString(l.ToStringMeta(l.Get(i)).String())
		}
		out.WriteByte('\n')
		return 0
	}))
	err := state.DoFile(os.Args[1])
	out.Flush()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
