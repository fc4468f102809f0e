package flow

import "pronto/prompts"

// branch goes where the first case that holds leads, and else otherwise.
func (m *machine) branch(node prompts.Node) {
	to, why := node.Otherwise, "otherwise"
	for _, c := range node.Cases {
		if m.holds(node, c.Is) {
			to, why = c.Then, c.Is
			break
		}
	}
	if node.On == prompts.OnVariable {
		why = "" // it would tell what the caller typed
	}
	m.do(Note{Kind: "branch", Text: node.On + " " + why})
	m.enter(to, m.s.Chosen)
}

func (m *machine) holds(node prompts.Node, is string) bool {
	switch node.On {
	case prompts.OnHours:
		return m.open(is, m.s.Topic)
	case prompts.OnHolidays:
		return m.r.Book.Holiday(is, m.now)
	case prompts.OnAlert:
		return m.alert() != nil
	case prompts.OnDistrict:
		return m.r.Book.In(is, m.s.District)
	case prompts.OnLanguage:
		return is == m.s.Language
	case prompts.OnVariable:
		return m.varIs(node.Variable, is)
	}
	return false
}

// alert is the alert that is raised and concerns the caller, or nil.
func (m *machine) alert() *prompts.Alert {
	a := m.r.Alert
	if !a.Active(m.now) || !a.Concerns(m.r.Book, m.s.District, m.s.Topic) {
		return nil
	}
	return a
}

// open says whether hours are open for a topic, by themselves or because an alert keeps them open.
func (m *machine) open(hours, topic string) bool {
	return m.r.Book.Open(hours, m.now) || m.r.Alert.Opens(topic, m.now)
}

// directoryClips tell an office's number, twice.
func (m *machine) directoryClips(node prompts.Node) []prompts.Clip {
	number := prompts.NumberKey(node.Office)
	return append(m.clips(node.Say...), m.clips(m.r.Book.Directory[node.Office].Say, number, number)...)
}
