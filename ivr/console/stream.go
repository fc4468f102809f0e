package console

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

func (a *API) liveRoutes() {
	get := huma.Operation{
		OperationID: "live", Method: http.MethodGet, Path: apiRoot + "/live", Summary: "The line now", Tags: []string{"live"},
	}
	schema := a.doc.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[liveState](), true, "Live")
	get.Responses = map[string]*huma.Response{"200": {Description: "The newest version", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}}
	huma.Register(a.doc, get, func(ctx context.Context, _ *none) (*huma.StreamResponse, error) {
		f, err := a.live.now(ctx)
		if err != nil {
			return nil, a.problem(ctx, "live", err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			ctx.SetHeader("Content-Type", "application/json")
			ctx.SetStatus(http.StatusOK)
			_, _ = ctx.BodyWriter().Write(f.json)
		}}, nil
	})
	stream := huma.Operation{
		OperationID: "live-stream", Method: http.MethodGet, Path: apiRoot + "/live/stream", Tags: []string{"live"},
		Summary: "The line now and whenever it changes, as server-sent events: each is the whole state, its id the version. A comment every 15 s says that the stream is alive.",
		Responses: map[string]*huma.Response{"200": {Description: "Events without a name; data as of /live", Content: map[string]*huma.MediaType{
			"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}},
		}}},
	}
	huma.Register(a.doc, stream, func(ctx context.Context, _ *none) (*huma.StreamResponse, error) {
		if _, err := a.live.now(ctx); err != nil { // while a status can still be sent
			return nil, a.problem(ctx, "live-stream", err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) {
			_, w := humago.Unwrap(ctx)
			ctx.SetHeader("Content-Type", "text/event-stream")
			ctx.SetHeader("X-Accel-Buffering", "no") // of a proxy in front
			ctx.SetStatus(http.StatusOK)
			a.stream(ctx.Context(), w)
		}}, nil
	})
}

// stream writes versions until the reader or the process goes. Whoever reads slowly gets the newest one then and keeps nobody else.
func (a *API) stream(ctx context.Context, w http.ResponseWriter) {
	out := http.NewResponseController(w)
	send := func(text []byte) error {
		if err := out.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		return out.Flush()
	}
	var sent uint64
	var last time.Time
	for {
		f, err := a.live.now(ctx)
		switch {
		case err != nil:
			return // the reader asks again, and is told what is wrong
		case f.version != sent:
			err = send(fmt.Appendf(nil, "id: %d\ndata: %s\n\n", f.version, f.json))
			sent, last = f.version, time.Now()
		case time.Since(last) >= heartbeat:
			err = send([]byte(": alive\n\n"))
			last = time.Now()
		}
		if err != nil || !a.awaitChange(ctx, f, last) {
			return
		}
	}
}

// awaitChange waits until there may be something to send: a change, what the ledger counts, or a heartbeat. It says false when the
// stream is over.
func (a *API) awaitChange(ctx context.Context, f *frame, last time.Time) bool {
	again := time.NewTimer(min(liveFollowUp, max(liveEvery, time.Until(last.Add(heartbeat)))))
	defer again.Stop()
	select {
	case <-f.changed:
	case <-again.C:
		return true
	case <-ctx.Done():
		return false
	case <-a.cfg.Done:
		return false
	}
	again.Reset(max(0, time.Until(f.built.Add(liveEvery))))
	select {
	case <-again.C:
		return true
	case <-ctx.Done():
		return false
	case <-a.cfg.Done:
		return false
	}
}
