package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// TestItalianCommands: what admins are told follows LC_ALL, the arguments of the command line included.
func TestItalianCommands(t *testing.T) {
	t.Setenv("LC_ALL", "it_IT.UTF-8")
	ten := filepath.Join("..", "..", "prompts", "testdata", "ten")
	none := t.TempDir()
	for _, tt := range []struct {
		args []string
		code int
		want string // on either output
	}{
		{[]string{"check"}, exitOK, "ok: "},
		{[]string{"check"}, exitOK, " 5 lingue, 0 avvisi\n"},
		{[]string{"check", ten}, exitFailed, `line.yaml:15:32: il nodo "newz" non esiste (forse "news"?)`},
		{[]string{"check", ten}, exitFailed, "pronto: 10 errori, 0 avvisi: questo libro non si può usare\n"},
		{[]string{"check", "-lang", "en", ten}, exitFailed, "pronto: 10 faults, 0 warnings: this book can not be used\n"},
		{[]string{"check", "-format", "github", ten}, exitFailed, `line=15,col=32::il nodo "newz" non esiste (forse "news"?)`},
		{[]string{"check", "/nowhere"}, exitFailed, "pronto: il libro non si può leggere: /nowhere: il file o la cartella non esiste (indicare la cartella che contiene line.yaml)\n"},
		{[]string{"check", "-foo"}, exitUsage, "pronto: opzione sconosciuta --foo (vedere pronto -h)\n"},
		{[]string{"check", "-format", "xml"}, exitUsage, `pronto: --format: si può scrivere "text","json","github", non "xml" (vedere pronto -h)`},
		{[]string{"publish", ten}, exitUsage, "pronto: mancano le opzioni: --reason=STRING (vedere pronto -h)\n"},
		{[]string{"publish", "-m", " ", ten}, exitUsage, "pronto: -m è vuoto: scrivere in poche parole il motivo"},
		{[]string{"publish", "-dir", none, "-m", "prova", ten}, exitFailed, "pronto: il libro ha 10 errori (qui sopra): nulla è stato cambiato\n"},
		{[]string{"rollback", "-dir", none, "-m", "prova"}, exitFailed, "pronto: prima di quello in linea non ci sono rilasci"},
		{[]string{"rollback", "-dir", none, "-m", "prova", "primo"}, exitUsage, `"primo" non è un numero intero`},
		{[]string{"releases", "-dir", none}, exitOK, "non è stato ancora pubblicato nulla: pronto publish LIBRO -m MOTIVO\n"},
		{[]string{"diff", "-dir", none}, exitFailed, "pronto: non è stato ancora pubblicato nulla, quindi non c'è con che cosa confrontare"},
		{[]string{"alert", "show", "-dir", none}, exitOK, "nessuna allerta in corso\n"},
		{[]string{"alert", "set", "-dir", none, "-message", "it"}, exitUsage, `in "it" manca =: scrivere LINGUA=TESTO`},
		{[]string{"alert", "set", "-dir", none, "-message", "xx=ciao", "-area", "marte"}, exitUsage, `manca il messaggio in "it": lo sente chi ha una lingua senza messaggio` + "\n" + `la linea non parla "xx"`},
		{[]string{"play", "-operators=-1"}, exitUsage, "pronto: -operators: dare un numero da 0 a 500\n"},
		{[]string{"play", "-clock", "ieri"}, exitUsage, `pronto: -clock: "ieri" non è un istante: scrivere 2026-12-25T03:00`},
		{[]string{"play", "-answer", "5"}, exitUsage, `pronto: --answer: "5" non è una durata: scrivere 5s o 2m`},
		{[]string{"play", "-script", none}, exitFailed, "pronto: in " + none + " non ci sono telefonate di prova (*.txtar)\n"},
		{[]string{"play", ten}, exitFailed, "pronto: il libro ha 10 errori (qui sopra): correggerlo prima\n"},
	} {
		code, stdout, stderr := command(tt.args...)
		if code != tt.code || !strings.Contains(stdout+stderr, tt.want) {
			t.Errorf("pronto %s: exit %d, want %d and %q in:\n%s%s", strings.Join(tt.args, " "), code, tt.code, tt.want, stdout, stderr)
		}
	}
}

// TestItalianScripts: the faults of scripts, each in its line.
func TestItalianScripts(t *testing.T) {
	t.Setenv("LC_ALL", "it_IT.UTF-8")
	script := filepath.Join(t.TempDir(), "a.txtar")
	writeTest(t, script, []byte("Prova.\n-- settings --\noperators: molti\nfull: forse\nvento: nord\n-- steps --\nkey a\nsing\nwait domani\n-- end --\n"))
	code, stdout, stderr := command("play", "-script", script)
	for _, want := range []string{
		"FALLITA " + script, `:3: operators: "molti" non è un numero da 0 a 500`, `:4: "forse" non è né yes né no`, `:5: l'impostazione "vento" non esiste`,
		`:7: "a" non sono tasti del telefono: 0-9, * e #`, `:8: il passo "sing" non esiste: key 1`, `:9: "domani" non è una durata fino a 24h: scrivere 5s o 2m`,
		`:10: nessuno legge la sezione "end"`, "pronto: telefonate di prova che non vanno come scritto: 1 su 1;",
	} {
		if code != exitFailed || !strings.Contains(stdout+stderr, want) {
			t.Errorf("exit %d; %q is not in:\n%s%s", code, want, stdout, stderr)
		}
	}
	writeTest(t, script, []byte("Prova.\n-- steps --\noperator answers\n-- outcome --\noutcome: served\n"))
	if _, stdout, _ := command("play", "-script", script); !strings.Contains(stdout, ":3: operator answers: nessun telefono di operatore squilla") {
		t.Errorf("a step that can not be done:\n%s", stdout)
	}
}

// TestJSONKey: what is told follows the language, what a program reads of it does not.
func TestJSONKey(t *testing.T) {
	ten := filepath.Join("..", "..", "prompts", "testdata", "ten")
	read := func(lang string) (faults []toldFault) {
		_, stdout, _ := command("check", "-lang", lang, "-format", "json", ten)
		if err := json.Unmarshal([]byte(stdout), &faults); err != nil {
			t.Fatal(err)
		}
		return faults
	}
	english, italian := read("en"), read("it")
	if len(english) != 10 || len(italian) != 10 {
		t.Fatalf("%d and %d faults", len(english), len(italian))
	}
	for i, f := range english {
		if other := italian[i]; f.Key == "" || f.Key != other.Key || f.Line != other.Line || f.Message == other.Message || f.Hint == other.Hint {
			t.Errorf("%+v\n%+v", f, other)
		}
	}
}

// TestSchemaFlag: alone it is line.yaml's, in the language that is asked for.
func TestSchemaFlag(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"check", "-schema"}, exitOK, `"description": "Opening hours, by name."`},
		{[]string{"check", "-schema", "-lang", "it"}, exitOK, `"description": "Gli orari, ognuno con un nome."`},
		{[]string{"check", "-schema=texts"}, exitOK, `texts/<language>.yaml`},
		{[]string{"check", "-schema=text", "-lang", "it"}, exitUsage, `pronto: non c'è uno schema di "text": forse "texts"?`},
	} {
		if code, stdout, stderr := command(tt.args...); code != tt.code || !strings.Contains(stdout+stderr, tt.want) {
			t.Errorf("pronto %s: exit %d, %q is not in:\n%s%s", strings.Join(tt.args, " "), code, tt.want, stdout, stderr)
		}
	}
}
