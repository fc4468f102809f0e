package console

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"pronto/ivr"
	"pronto/ivr/desk"
	"pronto/prompts/wording"
)

// authenticated lets those through who have the token. The comparison takes as long for any other, whatever its length.
func (a *API) authenticated(h http.Handler) http.Handler {
	want := sha256.Sum256([]byte(a.cfg.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(strings.TrimSpace(token)))
		if !strings.EqualFold(scheme, "Bearer") || a.cfg.Token == "" || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", `Bearer realm="pronto"`)
			refuseRequest(w, r, http.StatusUnauthorized, wording.Say("the token is missing or wrong: send \"Authorization: Bearer TOKEN\" with what is in the file api.token in the line's state folder"))
			return
		}
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), languageKey{}, languageOf(r))))
	})
}

// sameOrigin keeps pages of other sites from having a browser change anything.
func sameOrigin(h http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuseRequest(w, r, http.StatusForbidden, wording.Say("a page of another site may not change anything here: use the console's own page, or a program that is no browser"))
	}))
	return protection.Handler(h)
}

func limited(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > bodyLimit {
			refuseRequest(w, r, http.StatusRequestEntityTooLarge, wording.Say("the body has more than %d kB: send less", bodyLimit>>10))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit+1)
		h.ServeHTTP(w, r)
	})
}

// noRoute answers what no route is for. The mux has looked at the method, too.
func noRoute(w http.ResponseWriter, r *http.Request) {
	refuseRequest(w, r, http.StatusNotFound, wording.Say("there is no %s %s: /api/v1/openapi.yaml tells what there is", r.Method, r.URL.Path))
}

func refuseRequest(w http.ResponseWriter, r *http.Request, status int, why wording.Sentence) {
	writeJSON(w, status, problem{Title: http.StatusText(status), Status: status, Detail: why.In(languageOf(r))})
}

// languageKey is that of the caller's language in a request's context.
type languageKey struct{}

// languageOf is English but for those who ask for Italian: programs ask for nothing.
func languageOf(r *http.Request) wording.Language {
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), string(wording.Italian)) {
		return wording.Italian
	}
	return wording.English
}

// refusal is an error that tells the caller what to do.
type refusal struct {
	status int
	why    wording.Sentence
}

func (r *refusal) Error() string { return r.why.String() }

func missing(why wording.Sentence) error { return &refusal{http.StatusNotFound, why} }

func invalid(why wording.Sentence) error { return &refusal{http.StatusUnprocessableEntity, why} }

func conflict(why wording.Sentence) error { return &refusal{http.StatusConflict, why} }

// problem makes an answer of an error.
func (a *API) problem(ctx context.Context, operation string, err error) error {
	lang, _ := ctx.Value(languageKey{}).(wording.Language)
	if r, ok := errors.AsType[*refusal](err); ok {
		return huma.NewError(r.status, r.why.In(lang))
	}
	if denied, ok := errors.AsType[*ivr.ErrDenied](err); ok {
		return huma.NewError(http.StatusConflict, deniedWords(denied.Why).In(lang))
	}
	if refused, ok := errors.AsType[*ivr.ErrCommand](err); ok {
		return huma.NewError(http.StatusConflict, refused.Why)
	}
	if ctx.Err() == nil {
		a.cfg.Log.Error().Err(err).Str("operation", operation).Msg("a question to the API could not be answered")
	}
	return huma.NewError(http.StatusServiceUnavailable, wording.Say("it can not be done at present: try again, and see /readyz of the operations port for faults").In(lang))
}

func deniedWords(why desk.Denial) wording.Sentence {
	switch why {
	case desk.DeniedOffline:
		return wording.Say("the operator is not logged in, or the telephone is not registered: log in, or see to the telephone")
	case desk.DeniedBusy:
		return wording.Say("the operator has a call, or wraps one up: try again afterwards")
	case desk.DeniedPaused:
		return wording.Say("the operator is paused: end the pause first")
	case desk.DeniedUnknown:
		return wording.Say("the desk knows no such operator, or no such conversation")
	}
	return wording.Say("the desk refuses it: %s", string(why))
}
