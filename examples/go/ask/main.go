// Command ask sends a request to an engine and prints the decision.
//
//	go run ./ask -url http://127.0.0.1:8081 -tenant canary -header 'X-Canary: true' /api/users api-stable api-canary
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"example.org/keystone"
)

func main() {
	address := flag.String("url", "http://127.0.0.1:8081", "the engine")
	tenant := flag.String("tenant", "canary", "whose script decides")
	timeout := flag.Duration("timeout", 2*time.Second, "for the decision")
	header := flag.String("header", "", "a header of the request, as NAME: VALUE")
	flag.Parse()
	if flag.NArg() < 1 {
		fmt.Fprintln(os.Stderr, "ask: give a path, and the names of backends")
		os.Exit(2)
	}
	request := &keystone.Request{Method: http.MethodGet, Path: flag.Arg(0), Host: "localhost"}
	if name, value, found := strings.Cut(*header, ":"); found {
		request.Headers = map[string]string{name: strings.TrimSpace(value)}
	}
	for _, name := range flag.Args()[1:] {
		request.Backends = append(request.Backends, keystone.Backend{Name: name, Health: true})
	}
	client := &keystone.Client{URL: *address, Timeout: *timeout}
	answer, err := client.Decide(context.Background(), *tenant, request)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ask:", err)
		os.Exit(1)
	}
	if answer.Reject {
		fmt.Println("rejected:", answer.RejectReason)
		return
	}
	headers, _ := json.Marshal(answer.ModifiedHeaders)
	fmt.Println("to", answer.SelectedBackend, "with", string(headers))
}
