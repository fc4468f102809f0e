package wording

import "maps"

// italian are the sentences in Italian, by their English format. Verbs may stand in another order, with their numbers: %[2]s.
//
// They speak to somebody who writes books and is no programmer: keys of the files stay as they are written there, remedies
// are in the infinitive, and words are those of the guide (GUIDA.md).
var italian = merged(
	bookInItalian, deskInItalian, proofsInItalian, soundInItalian, releasesInItalian,
	scriptsInItalian, commandInItalian, lineInItalian, schemaInItalian, dbInItalian, apiInItalian,
)

func merged(tables ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}
