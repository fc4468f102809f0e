package console

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"pronto/ivr/desk"
	"pronto/ivr/ledger"
	"pronto/prompts/wording"
)

// accountBody is what can be said of an operator.
type accountBody struct {
	Display    string   `json:"display,omitempty" maxLength:"80" doc:"The name as people read it."`
	Ext        string   `json:"ext,omitempty" doc:"The short number by which colleagues reach the operator: one to four digits, nobody else's."`
	Skills     []string `json:"skills,omitempty" maxItems:"50" doc:"None: all."`
	Languages  []string `json:"languages,omitempty" maxItems:"50" doc:"None: all."`
	Tier       int      `json:"tier,omitempty" minimum:"0" maximum:"9" doc:"1 is asked first; 0 is 1."`
	Kind       string   `json:"kind,omitempty" enum:"sip,number" default:"sip" doc:"sip: a telephone that registers. number: any telephone, dialled through the trunk."`
	Number     string   `json:"number,omitempty" doc:"Of kind number: one that the configuration allows."`
	Supervisor bool     `json:"supervisor,omitempty" doc:"May listen, whisper and join."`
}

// account is an operator as the API tells of him.
type account struct {
	Name string `json:"name"`
	accountBody
	Account   bool         `json:"account" doc:"False: a telephone that may register, of which nothing is said: all skills, all languages, tier 1."`
	Phone     bool         `json:"phone" doc:"There is a SIP account."`
	HasPIN    bool         `json:"has_pin" doc:"Logs in with it. Without one a telephone that registers logs in by itself."`
	Changed   *time.Time   `json:"changed,omitempty"`
	State     string       `json:"state"`
	Since     *time.Time   `json:"since,omitempty"`
	Pause     string       `json:"pause,omitempty"`
	LoggedIn  bool         `json:"logged_in"`
	Reachable bool         `json:"reachable"`
	Call      string       `json:"call,omitempty"`
	Missed    int          `json:"missed" doc:"Offers missed in a row."`
	Last      accountLasts `json:"last" doc:"When something last happened to the operator."`
	// Secret and Warnings are in the answer of a change.
	Secret   string   `json:"secret,omitempty" doc:"Of the SIP account that was made by this request. It is told once."`
	Warnings []string `json:"warnings,omitempty"`
}

type accountLasts struct {
	Offered  *time.Time `json:"offered,omitempty"`
	Accepted *time.Time `json:"accepted,omitempty"`
	Missed   *time.Time `json:"missed,omitempty"`
	Paused   *time.Time `json:"paused,omitempty"`
}

// named is a question about an operator.
type named struct {
	Name string `path:"name" maxLength:"64"`
}

type putOperator struct {
	Name string `path:"name" maxLength:"64"`
	Body accountBody
}

type putPIN struct {
	Name string `path:"name" maxLength:"64"`
	Body struct {
		PIN string `json:"pin" doc:"Four to eight digits."`
	}
}

func (a *API) operatorRoutes() {
	handle(a, route{http.MethodGet, "/operators", "list-operators", "operators", "Operators with their state, by name", 0}, a.listOperators)
	handle(a, route{http.MethodGet, "/operators/{name}", "get-operator", "operators", "An operator", 0},
		func(ctx context.Context, in *named) (*body[account], error) { return a.tellOperator(ctx, in.Name) })
	handle(a, route{
		http.MethodPut, "/operators/{name}", "put-operator", "operators",
		"Add an operator, or replace what is said of one; the PIN stays. Who is of kind sip and has no SIP account gets one: its secret is in the answer.", 0,
	}, a.putOperator)
	handle(a, route{
		http.MethodDelete, "/operators/{name}", "delete-operator", "operators",
		"Remove an operator and the SIP account. What the operator did stays in the ledger.", http.StatusNoContent,
	}, a.deleteOperator)
	handle(a, route{http.MethodPut, "/operators/{name}/pin", "set-pin", "operators", "Set an operator's PIN", http.StatusNoContent},
		func(ctx context.Context, in *putPIN) (*none, error) { return a.setPIN(ctx, in.Name, in.Body.PIN) })
	handle(a, route{http.MethodDelete, "/operators/{name}/pin", "clear-pin", "operators", "Take an operator's PIN away", http.StatusNoContent},
		func(ctx context.Context, in *named) (*none, error) { return a.setPIN(ctx, in.Name, "") })
}

// staff is all that is known of operators.
type staff struct {
	accounts map[string]ledger.Operator
	posts    map[string]ledger.Post
	desk     map[string]desk.OperatorStatus
	phones   map[string]bool
}

func (a *API) staff(ctx context.Context) (staff, error) {
	s := staff{map[string]ledger.Operator{}, map[string]ledger.Post{}, map[string]desk.OperatorStatus{}, map[string]bool{}}
	accounts, err := a.cfg.Ledger.Operators(ctx)
	if err != nil {
		return s, err
	}
	posts, err := a.cfg.Ledger.Posts(ctx)
	if err != nil {
		return s, err
	}
	state, err := a.cfg.Line.State(ctx)
	if err != nil {
		return s, err
	}
	phones, err := a.cfg.Phones.Names()
	if err != nil {
		return s, err
	}
	for _, o := range accounts {
		s.accounts[o.Name] = o
	}
	for _, p := range posts {
		s.posts[p.Operator] = p
	}
	for _, o := range state.Desk.Operators {
		s.desk[o.Name] = o
	}
	for _, name := range phones {
		s.phones[name] = true
	}
	return s, nil
}

// names are those who can be given a call. Who was removed is only in the ledger's past.
func (s staff) names() []string {
	all := map[string]bool{}
	for name := range s.accounts {
		all[name] = true
	}
	for name := range s.phones {
		all[name] = true
	}
	for name, o := range s.desk {
		if o.State != desk.Offline {
			all[name] = true // a telephone of the switch's own configuration, or one that talks still
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (s staff) tell(name string) account {
	o, known := s.accounts[name]
	post, at := s.posts[name], s.desk[name]
	out := account{
		Name: name, Account: known, Phone: s.phones[name], HasPIN: o.PINHash != "", Changed: stamp(o.Changed),
		accountBody: accountBody{
			Display: o.Display, Ext: o.Ext, Skills: o.Skills, Languages: o.Languages, Tier: o.Tier, Kind: o.Kind, Number: o.Number, Supervisor: o.Supervisor,
		},
		State: at.State.String(), Since: stamp(at.Since), Pause: at.Pause, LoggedIn: at.LoggedIn, Reachable: at.Reachable, Call: at.Ticket, Missed: at.Missed,
		Last: accountLasts{stamp(post.Offered), stamp(post.Accepted), stamp(post.Missed), stamp(post.Paused)},
	}
	if out.Kind == "" {
		out.Kind = ledger.PhoneSIP
	}
	return out
}

func noOperator(name string) error {
	return missing(wording.Say("there is no operator %q: pronto operator list, or GET /api/v1/operators, tells who there is", name))
}

func (a *API) listOperators(ctx context.Context, _ *none) (*body[[]account], error) {
	s, err := a.staff(ctx)
	if err != nil {
		return nil, err
	}
	out := []account{}
	for _, name := range s.names() {
		out = append(out, s.tell(name))
	}
	return answer(out), nil
}

func (a *API) tellOperator(ctx context.Context, name string) (*body[account], error) {
	s, err := a.staff(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(s.names(), name) {
		return nil, noOperator(name)
	}
	return answer(s.tell(name)), nil
}

// alone has do change accounts while nobody else does.
func (a *API) alone(ctx context.Context, do func() error) error {
	select {
	case <-a.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { a.turn <- struct{}{} }()
	return do()
}

// change writes an account and tells the desk at once. all are the accounts before.
func (a *API) change(ctx context.Context, all map[string]ledger.Operator, o ledger.Operator) error {
	o.Changed = time.Now()
	a.cfg.Ledger.Write(ledger.Record{Operator: &o})
	all = maps.Clone(all)
	if all[o.Name] = o; o.Removed {
		delete(all, o.Name)
	}
	var list []ledger.Operator
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, all[name])
	}
	a.cfg.Line.SetStaff(list)
	return a.sync(ctx)
}

func (a *API) putOperator(ctx context.Context, in *putOperator) (out *body[account], err error) {
	err = a.alone(ctx, func() error {
		s, err := a.staff(ctx)
		if err != nil {
			return err
		}
		o, known := s.accounts[in.Name]
		if !known {
			o = ledger.Operator{Name: in.Name}
		}
		b := in.Body
		o.Display, o.Ext, o.Skills, o.Languages, o.Tier = strings.TrimSpace(b.Display), b.Ext, b.Skills, b.Languages, b.Tier
		o.Kind, o.Number, o.Supervisor, o.Enabled = b.Kind, b.Number, b.Supervisor, true
		if err := a.check(s, o, known); err != nil {
			return err
		}
		secret := ""
		if o.Kind == ledger.PhoneSIP {
			secret, err = a.cfg.Phones.Grant(o.Name)
		} else {
			err = a.cfg.Phones.Revoke(o.Name)
		}
		if err != nil {
			return err
		}
		if err := a.change(ctx, s.accounts, o); err != nil {
			return err
		}
		if out, err = a.tellOperator(ctx, o.Name); err != nil {
			return err
		}
		out.Body.Secret, out.Body.Warnings = secret, a.warnings(ctx, o)
		return nil
	})
	return out, err
}

// check says what is wrong with an account.
func (a *API) check(s staff, o ledger.Operator, known bool) error {
	if !known && !s.phones[o.Name] {
		if err := a.cfg.Phones.Check(o.Name); err != nil {
			return invalid(wording.Say("the name can not be used: %v", err))
		}
	}
	if o.Ext != "" && !digits(o.Ext, 1, 4) {
		return invalid(wording.Say("ext %q is no short number: give one to four digits", o.Ext))
	}
	for name, other := range s.accounts {
		if o.Ext != "" && other.Ext == o.Ext && name != o.Name {
			return conflict(wording.Say("ext %s is that of %s already: choose another", o.Ext, name))
		}
	}
	switch {
	case o.Kind == ledger.PhoneNumber && o.Number == "":
		return invalid(wording.Say("an operator of kind number needs a number"))
	case o.Kind == ledger.PhoneNumber && !a.cfg.Phones.Outside(o.Number):
		return invalid(wording.Say("the number may not be dialled: add it to dial.outside in the configuration (PRONTO_OUTSIDE of pronto run) and start the line again"))
	case o.Kind == ledger.PhoneSIP && o.Number != "":
		return invalid(wording.Say("a number belongs to the kind number: leave it out, or give the kind"))
	}
	return nil
}

// warnings are what may be a slip: the next release may know what this one does not.
func (a *API) warnings(ctx context.Context, o ledger.Operator) (told []string) {
	lang, _ := ctx.Value(languageKey{}).(wording.Language)
	book := a.cfg.Line.Release().Book
	skills := map[string]bool{}
	for _, topic := range book.Topics {
		for _, skill := range topic.Skills {
			skills[skill] = true
		}
	}
	for _, skill := range o.Skills {
		if !skills[skill] {
			told = append(told, wording.Say("no topic of the book in service asks for the skill %q", skill).In(lang))
		}
	}
	for _, l := range o.Languages {
		if !slices.Contains(book.Line.Languages, l) {
			told = append(told, wording.Say("the line does not speak %q: it speaks %v", l, book.Line.Languages).In(lang))
		}
	}
	return told
}

func digits(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, "0123456789") == ""
}

// deleteOperator removes the account and the telephone: a telephone without an account would have all skills.
func (a *API) deleteOperator(ctx context.Context, in *named) (*none, error) {
	return nil, a.alone(ctx, func() error {
		s, err := a.staff(ctx)
		if err != nil {
			return err
		}
		_, known := s.accounts[in.Name]
		if !known && !s.phones[in.Name] {
			return noOperator(in.Name)
		}
		if err := a.cfg.Phones.Revoke(in.Name); err != nil {
			return err
		}
		if !known {
			return nil
		}
		return a.change(ctx, s.accounts, ledger.Operator{Name: in.Name, Removed: true})
	})
}

// setPIN sets a PIN, or takes it away.
func (a *API) setPIN(ctx context.Context, name, pin string) (*none, error) {
	hash := ""
	if pin != "" {
		if !digits(pin, 4, 8) {
			return nil, invalid(wording.Say("a PIN has four to eight digits"))
		}
		hash = ledger.HashPIN(pin)
	}
	return nil, a.alone(ctx, func() error {
		s, err := a.staff(ctx)
		if err != nil {
			return err
		}
		o, known := s.accounts[name]
		if !known {
			if !s.phones[name] {
				return noOperator(name)
			}
			o = ledger.Operator{Name: name, Kind: ledger.PhoneSIP, Enabled: true}
		}
		o.PINHash = hash
		return a.change(ctx, s.accounts, o)
	})
}
