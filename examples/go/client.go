// Package keystone asks a Keystone Lua Engine where a request goes. Nothing but the standard library is needed.
package keystone

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Backend is one place where a request can go.
type Backend struct {
	Name     string            `json:"name"`
	URL      string            `json:"url"`
	Health   bool              `json:"health"`
	Weight   int               `json:"weight,omitempty"`
	Priority int               `json:"priority,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
	Zone     string            `json:"zone,omitempty"`
}

// Request is what the script is asked about.
type Request struct {
	Method        string              `json:"method"`
	Path          string              `json:"path"`
	Host          string              `json:"host"`
	Headers       map[string]string   `json:"headers"`
	Body          string              `json:"body"`
	Backends      []Backend           `json:"backends"`
	Query         string              `json:"query,omitempty"`
	RawPath       string              `json:"raw_path,omitempty"`
	Scheme        string              `json:"scheme,omitempty"`
	Protocol      string              `json:"protocol,omitempty"`
	ClientIP      string              `json:"client_ip,omitempty"`
	HeadersMulti  map[string][]string `json:"headers_multi,omitempty"`
	BodyBase64    string              `json:"body_base64,omitempty"`
	BodyTruncated bool                `json:"body_truncated,omitempty"`
	Attempt       int                 `json:"attempt,omitempty"`
	Failed        []string            `json:"failed,omitempty"`
}

// Lines are the values of one header; a script writes one as a text, several as a list.
type Lines []string

// UnmarshalJSON reads either.
func (lines *Lines) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*lines = Lines{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(lines))
}

// Cache says for how long an answer holds, and by which fields of the request.
type Cache struct {
	Seconds int      `json:"seconds"`
	Vary    []string `json:"vary"`
}

// Answer is what the script decided. Fields that it did not give are zero; those that this client does not know are
// left out, so that an older client reads the answers of a newer engine.
type Answer struct {
	SelectedBackend       string            `json:"selected_backend"`
	ModifiedHeaders       map[string]string `json:"modified_headers"`
	ModifiedPath          string            `json:"modified_path"`
	Reject                bool              `json:"reject"`
	RejectReason          string            `json:"reject_reason"`
	RejectStatus          int               `json:"reject_status"`
	RejectHeaders         map[string]Lines  `json:"reject_headers"`
	RejectBody            string            `json:"reject_body"`
	ResponseHeaders       map[string]Lines  `json:"response_headers"`
	AppendResponseHeaders map[string]Lines  `json:"append_response_headers"`
	RemoveResponseHeaders []string          `json:"remove_response_headers"`
	RemoveHeaders         []string          `json:"remove_headers"`
	AppendHeaders         map[string]Lines  `json:"append_headers"`
	ModifiedHost          string            `json:"modified_host"`
	ModifiedMethod        string            `json:"modified_method"`
	ModifiedQuery         *string           `json:"modified_query"` // nil: the client's own; empty: none
	Candidates            []string          `json:"candidates"`
	Retries               int               `json:"retries"`
	TimeoutMS             int               `json:"timeout_ms"`
	Mirror                string            `json:"mirror"`
	MirrorPercent         *float64          `json:"mirror_percent"` // nil: all of them
	Tags                  map[string]string `json:"tags"`
	Cache                 *Cache            `json:"cache"`
}

// Failure is an answer without a decision: a script error, a budget, a request that cannot be read, no place. Let no
// request pass on one.
type Failure struct {
	Status  int
	Message string `json:"error"`
	Kind    string `json:"kind"`   // of script trouble: runtime, instructions, ...
	Script  string `json:"script"` // where, such as canary.lua:12
	Field   string `json:"field"`  // of the request, if it cannot be read
	wait    time.Duration
}

func (failure *Failure) Error() string {
	return fmt.Sprintf("keystone: %d: %s", failure.Status, failure.Message)
}

// Client asks one engine. Its zero value but for URL is useful; it may be used by many goroutines.
type Client struct {
	URL     string        // such as http://127.0.0.1:8081
	Timeout time.Duration // for one decision, retries included; 2 s if zero
	Attempt time.Duration // for one try; half of Timeout if zero
	Tries   int           // 3 if zero
	HTTP    *http.Client  // http.DefaultClient if nil
}

// MostBytes are read of an answer, which is a few hundred bytes, and 2 MiB at most.
const MostBytes = 2 << 20

// Decide asks where a tenant's request goes. A decision changes nothing in the engine, so that it is asked again when no
// connection can be made, one breaks off or is silent, or the engine has no place (503); not after a script error.
func (client *Client) Decide(ctx context.Context, tenant string, request *Request) (*Answer, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	timeout, tries := client.Timeout, client.Tries
	if timeout == 0 {
		timeout = 2 * time.Second
	}
	if tries == 0 {
		tries = 3
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	attempt := client.Attempt
	if attempt == 0 {
		attempt = timeout / 2
	}
	address := client.URL + "/route/" + url.PathEscape(tenant)
	for try := 1; ; try++ {
		answer, err := client.once(ctx, attempt, address, body)
		var failure *Failure
		if err == nil || (errors.As(err, &failure) && failure.Status != http.StatusServiceUnavailable) {
			return answer, err
		}
		pause := time.Duration(try) * time.Duration(5+rand.Intn(20)) * time.Millisecond // not all clients at once
		if failure != nil && failure.wait > 0 {
			pause += failure.wait
		}
		deadline, _ := ctx.Deadline()
		if try == tries || time.Until(deadline) <= pause {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (client *Client) once(ctx context.Context, limit time.Duration, address string, body []byte) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	sender := client.HTTP
	if sender == nil {
		sender = http.DefaultClient
	}
	response, err := sender.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, MostBytes))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		failure := &Failure{Message: http.StatusText(response.StatusCode)}
		_ = json.Unmarshal(data, failure) // what stands between here and the engine may answer in its own words
		failure.Status = response.StatusCode
		if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
			failure.wait = time.Duration(seconds) * time.Second
		}
		return nil, failure
	}
	answer := &Answer{}
	if err := json.Unmarshal(data, answer); err != nil {
		return nil, fmt.Errorf("keystone: no answer: %w", err)
	}
	return answer, nil
}
