package keystone

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"sync/atomic"
	"testing"
	"time"
)

// oldAnswer is what clients of the format's first version decode.
type oldAnswer struct {
	SelectedBackend string            `json:"selected_backend"`
	ModifiedHeaders map[string]string `json:"modified_headers"`
	ModifiedPath    string            `json:"modified_path"`
	Reject          bool              `json:"reject"`
	RejectReason    string            `json:"reject_reason"`
}

// every is an answer with every field; tests/test_go_client.py holds it to the engine.
func every(t *testing.T) []byte {
	data, err := os.ReadFile("testdata/every.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAClientOfTheFirstVersionDecodesEveryAnswer(t *testing.T) {
	var answer oldAnswer
	if err := json.Unmarshal(every(t), &answer); err != nil {
		t.Fatal(err)
	}
	want := oldAnswer{"new", map[string]string{"X-A": "1"}, "/v2", true, "not here"}
	if !reflect.DeepEqual(answer, want) {
		t.Errorf("got %+v", answer)
	}
}

func TestEveryFieldIsRead(t *testing.T) {
	var answer Answer
	if err := json.Unmarshal(every(t), &answer); err != nil {
		t.Fatal(err)
	}
	fields := reflect.ValueOf(answer)
	for place := 0; place < fields.NumField(); place++ {
		if fields.Field(place).IsZero() {
			t.Errorf("%s is empty", fields.Type().Field(place).Name)
		}
	}
	if got := answer.AppendResponseHeaders["Set-Cookie"]; !reflect.DeepEqual(got, Lines{"a=1", "b=2"}) {
		t.Errorf("Set-Cookie: %v", got)
	}
	if got := answer.RejectHeaders["Location"]; !reflect.DeepEqual(got, Lines{"/login"}) {
		t.Errorf("Location: %v", got)
	}
}

// engine answers with each of the statuses in turn, then with the last.
func engine(t *testing.T, statuses ...int) (*Client, *int32) {
	asked := new(int32)
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		place := int(atomic.AddInt32(asked, 1)) - 1
		if place >= len(statuses) {
			place = len(statuses) - 1
		}
		if request.URL.EscapedPath() != "/route/a%2Fb" || request.Method != http.MethodPost {
			t.Errorf("asked %s %s", request.Method, request.URL)
		}
		writer.WriteHeader(statuses[place])
		if statuses[place] == http.StatusOK {
			_, _ = writer.Write(every(t))
		} else {
			_, _ = writer.Write([]byte(`{"error": "used up", "kind": "instructions", "script": "a.lua:2"}`))
		}
	}))
	t.Cleanup(server.Close)
	return &Client{URL: server.URL}, asked
}

func decide(client *Client) (*Answer, error) {
	return client.Decide(context.Background(), "a/b", &Request{Method: "GET", Path: "/"})
}

func TestNoPlaceIsAskedAgain(t *testing.T) {
	client, asked := engine(t, 503, 503, 200)
	if answer, err := decide(client); err != nil || answer.SelectedBackend != "new" || *asked != 3 {
		t.Errorf("got %v, %v after %d", answer, err, *asked)
	}
	client, asked = engine(t, 503)
	var failure *Failure
	if _, err := decide(client); !errors.As(err, &failure) || failure.Status != 503 || *asked != 3 {
		t.Errorf("got %v after %d", err, *asked)
	}
}

func TestAScriptErrorIsNot(t *testing.T) {
	client, asked := engine(t, 500)
	_, err := decide(client)
	var failure *Failure
	if !errors.As(err, &failure) || *asked != 1 {
		t.Fatalf("got %v after %d", err, *asked)
	}
	if want := (Failure{500, "used up", "instructions", "a.lua:2", "", 0}); *failure != want {
		t.Errorf("got %+v", failure)
	}
}

// brokenOnce hangs up on its first connection, or says nothing on it.
func brokenOnce(t *testing.T, silent bool) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	inner, _ := engine(t, 200)
	target := inner.URL[len("http://"):]
	go func() {
		for first := true; ; first = false {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			if first {
				if !silent {
					connection.Close()
				}
				continue
			}
			other, err := net.Dial("tcp", target)
			if err != nil {
				return
			}
			go func() { _, _ = copyBoth(connection, other) }()
		}
	}()
	t.Cleanup(func() { listener.Close() })
	return "http://" + listener.Addr().String()
}

func copyBoth(one, other net.Conn) (int64, error) {
	go func() { _, _ = one.(*net.TCPConn).ReadFrom(other) }()
	return other.(*net.TCPConn).ReadFrom(one)
}

func TestAConnectionThatBreaksOffOrIsSilentIsTriedAgain(t *testing.T) {
	for _, silent := range []bool{false, true} {
		client := &Client{URL: brokenOnce(t, silent), Timeout: 5 * time.Second, Attempt: 200 * time.Millisecond}
		if answer, err := decide(client); err != nil || answer.SelectedBackend != "new" {
			t.Errorf("silent %v: got %v, %v", silent, answer, err)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	client, _ := engine(t, 200)
	client.URL = "http://127.0.0.1:1"
	if answer, err := decide(client); err == nil {
		t.Errorf("got %v", answer)
	}
}

func TestTheTimeIsBounded(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	client := &Client{URL: server.URL, Timeout: 300 * time.Millisecond}
	started := time.Now()
	if _, err := decide(client); err == nil || time.Since(started) > 5*time.Second {
		t.Errorf("got %v after %v", err, time.Since(started))
	}
}

func TestWhatIsNoAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		_, _ = writer.Write([]byte("hello"))
	}))
	defer server.Close()
	if answer, err := decide(&Client{URL: server.URL, Tries: 1}); err == nil {
		t.Errorf("got %v", answer)
	}
}
