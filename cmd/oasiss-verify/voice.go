package main

import (
	"fmt"
	"io"

	"github.com/oasiss/oasiss/wire"
)

// voice prints sentences in the reader's language. The checker has its own
// small table, so that it stands without the rest of the house.
type voice struct {
	lang string
	out  io.Writer
}

// line prints one sentence.
func (v voice) line(key string, args ...any) {
	fmt.Fprintf(v.out, v.text(sentences[key])+"\n", args...)
}

// text chooses the language.
func (v voice) text(t both) string {
	if v.lang == "es" {
		return t.es
	}
	return t.en
}

// code says why something was refused.
func (v voice) code(c wire.Code) string {
	t, ok := codes[c]
	if !ok {
		return string(c)
	}
	return v.text(t) + " [" + string(c) + "]"
}

// purpose names a purpose.
func (v voice) purpose(p string) string { return v.text(purposes[p]) }

// strength says what a signature proof rests on; of a passkey that a program
// keeps, that too.
func (v voice) strength(s wire.Signature) string {
	if s.Held == wire.HeldSoftware {
		return v.text(inSoftware)
	}
	return v.text(strengths[s.Strength])
}

// both is one text in English and Spanish.
type both struct{ en, es string }

var purposes = map[string]both{
	wire.PurposeProsecution:    {"prosecution of smuggling or trafficking", "persecución penal del tráfico o la trata"},
	wire.PurposeProtection:     {"protection of a person", "protección de una persona"},
	wire.PurposeLifeAtRisk:     {"life at risk", "vida en riesgo"},
	wire.PurposeDefenceCourt:   {"rights of the defence or order of a court", "derechos de la defensa u orden judicial"},
	wire.PurposeOversight:      {"oversight", "supervisión"},
	wire.PurposeStatistics:     {"statistics", "estadística"},
	wire.PurposeAdministration: {"running the node", "administración del nodo"},
}

var strengths = map[string]both{
	wire.StrengthWeak:   {"weak: rests on the node's key alone", "débil: descansa sólo en la clave del nodo"},
	wire.StrengthStrong: {"strong: by the person's own authenticator", "fuerte: con el autenticador de la propia persona"},
}

// absences say why a file of an exhibit is listed and not in a bundle.
var absences = map[string]both{
	wire.AbsentTooLarge: {"it is larger than a copy carries", "es mayor de lo que lleva una copia"},
	wire.AbsentNotHere:  {"it had not come to the node that made the copy", "no había llegado al nodo que hizo la copia"},
	wire.AbsentClosed:   {"it was not open to whoever took the copy", "no estaba abierto para quien tomó la copia"},
}

var inSoftware = both{"strong: by the person's own passkey, which a program keeps in a file", "fuerte: con la llave de acceso de la propia persona, que un programa guarda en un archivo"}

var sentences = map[string]both{
	"holds":        {"HOLDS: everything checked above is as stated.", "CORRECTO: todo lo comprobado arriba es como se afirma."},
	"fails":        {"DOES NOT HOLD: %s (check: %s)", "NO ES CORRECTO: %s (comprobación, en inglés: %s)"},
	"unknown_verb": {"There is no such check.", "No existe esa comprobación."},
	"usage_wrong":  {"Something is missing or not understood; see below or oasiss-verify help.", "Falta algo o no se entiende; vea abajo o oasiss-verify help."},
	"unreadable":   {"The file %s cannot be read.", "No se puede leer el archivo %s."},

	"descriptor":        {"Node %[1]s (%[2]s). Its fingerprint in words, to be compared with the people who paired the nodes:\n  %[3]s\n  %[4]s", "Nodo %[1]s (%[2]s). Su huella en palabras, para compararla con las personas que enlazaron los nodos:\n  %[3]s\n  %[4]s"},
	"descriptor_signed": {"The descriptor is signed by the key inside it. Fingerprint: %s", "El descriptor está firmado con la clave que contiene. Huella: %s"},
	"descriptor_keys":   {"Signing key: %s\nJournal key: %s\nCosigning key: %s\nLink certificate key: %s", "Clave de firma: %s\nClave de la bitácora: %s\nClave de cofirma: %s\nClave del certificado del enlace: %s"},

	"message":         {"Message %s, kind %s, purpose %s, from %s to %s, made %s.", "Mensaje %s, tipo %s, finalidad %s, de %s para %s, hecho %s."},
	"message_digests": {"SHA-256 of the act:     %s\nSHA-256 of the message: %s", "SHA-256 del acto:    %s\nSHA-256 del mensaje: %s"},
	"message_sealed":  {"Sealed parts, not opened here: %d. Signature proofs: %d.", "Partes selladas, que aquí no se abren: %d. Pruebas de firma: %d."},
	"form_only":       {"Only its form was checked. Who signed it, sent it or holds it is shown by proof, -frame, receipt and inclusion.", "Sólo se comprobó su forma. Quién lo firmó, envió o guarda lo muestran proof, -frame, receipt e inclusion."},
	"framed":          {"It was sent in a frame that %s signed for %s, lane %s, number %d, on %s.", "Se envió en una trama que %s firmó para %s, carril %s, número %d, el %s."},
	"proof":           {"Account %s of node %s signed exactly this act (method %s, %s; %s).", "La cuenta %s del nodo %s firmó exactamente este acto (método %s, %s; %s)."},

	"receipt":          {"Receipt signed by %s to %s, lane %s, numbers %d to %d, committed %s, for frame %s.", "Acuse firmado por %s para %s, carril %s, números %d a %d, registrado %s, por la trama %s."},
	"receipt_refused":  {"The whole frame was refused: %s", "La trama entera fue rechazada: %s"},
	"undertaking":      {"The receiver undertakes to use what it recorded for the purpose each message names and for no other.", "El receptor se obliga a usar lo registrado para la finalidad que nombra cada mensaje y para ninguna otra."},
	"outcome_recorded": {"  %d  %s  recorded as leaf %d, purpose %s", "  %d  %s  registrado como hoja %d, finalidad %s"},
	"outcome_refused":  {"  %d  %s  refused: %s", "  %d  %s  rechazado: %s"},
	"outcome_void":     {"  %d  %s  void, noted", "  %d  %s  anulado, anotado"},
	"receipt_answers":  {"It speaks of message %s, number %d, with the same digest.", "Se refiere al mensaje %s, número %d, con el mismo resumen."},

	"checkpoint":   {"Checkpoint of journal %s: %d leaves, root %s, signed by its node.", "Punto de control de la bitácora %s: %d hojas, raíz %s, firmado por su nodo."},
	"cosigned":     {"Cosigned by %s on %s: it had seen this journal only grow until then.", "Cofirmado por %s el %s: hasta entonces sólo había visto crecer esta bitácora."},
	"not_cosigned": {"No witness was named: that the journal was not rewritten rests on its own node here.", "No se nombró testigo: que la bitácora no se reescribió descansa aquí en su propio nodo."},
	"continues":    {"The journal of %d leaves is the beginning of this one of %d: nothing was changed or removed.", "La bitácora de %d hojas es el comienzo de esta de %d: nada se cambió ni se quitó."},
	"held":         {"Its node signed a journal of %d leaves, root %s.", "Su nodo firmó una bitácora de %d hojas, raíz %s."},
	"shown":        {"It also signed one of %d leaves, root %s.", "También firmó una de %d hojas, raíz %s."},
	"signed_for":   {"It signed that its journal had %d leaves on %s.", "Firmó que su bitácora tenía %d hojas el %s."},
	"digest_only":  {"The message is not in the file; its SHA-256 is %s.", "El mensaje no está en el archivo; su SHA-256 es %s."},
	"included":     {"It is leaf %d (from 0) of %d in the journal.", "Es la hoja %d (desde 0) de %d en la bitácora."},

	"usage":             {"oasiss-verify CHECK FILE [options] [-lang en|es]\nChecks offline, with nothing but files. DESCRIPTOR is a node's descriptor, a .jws file.", "oasiss-verify COMPROBACIÓN ARCHIVO [opciones] [-lang en|es]\nComprueba sin conexión, sólo con archivos. DESCRIPTOR es el descriptor de un nodo, un archivo .jws."},
	"usage_message":     {"  message FILE [-frame PROOF.json -keys DESCRIPTOR…]\n      the message is well formed; with -frame, its node sent it", "  message ARCHIVO [-frame PRUEBA.json -keys DESCRIPTOR…]\n      el mensaje está bien formado; con -frame, su nodo lo envió"},
	"usage_proof":       {"  proof MESSAGE -keys DESCRIPTOR…\n      who signed exactly this act, and how", "  proof MENSAJE -keys DESCRIPTOR…\n      quién firmó exactamente este acto, y cómo"},
	"usage_receipt":     {"  receipt FILE -keys DESCRIPTOR… [-against MESSAGE]\n      the receiver signed it; with -against, for this message", "  receipt ARCHIVO -keys DESCRIPTOR… [-against MENSAJE]\n      lo firmó el receptor; con -against, por este mensaje"},
	"usage_checkpoint":  {"  checkpoint FILE -keys DESCRIPTOR [-witness DESCRIPTOR]… [-against EARLIER [-path PROOF.json]]\n      state of a journal, cosigned, continuing an earlier one", "  checkpoint ARCHIVO -keys DESCRIPTOR [-witness DESCRIPTOR]… [-against ANTERIOR [-path PRUEBA.json]]\n      estado de una bitácora, cofirmado, que continúa uno anterior"},
	"usage_inclusion":   {"  inclusion FILE -keys DESCRIPTOR [-witness DESCRIPTOR]…\n      a message is in a journal", "  inclusion ARCHIVO -keys DESCRIPTOR [-witness DESCRIPTOR]…\n      un mensaje está en una bitácora"},
	"usage_histories":   {"  histories FILE -keys DESCRIPTOR\n      two signed states of a journal are one history, or it was rewritten", "  histories ARCHIVO -keys DESCRIPTOR\n      dos estados firmados de una bitácora son una historia, o se reescribió"},
	"usage_archive":     {"  archive FILE -keys DESCRIPTOR [-witness DESCRIPTOR]\n      every fact that a node's owner took away is as it was recorded", "  archive ARCHIVO -keys DESCRIPTOR [-witness DESCRIPTOR]\n      todo hecho que el dueño de un nodo se llevó está como se registró"},
	"archived":          {"Archive of node %s, made %s: %d facts, %d of them forgotten by order.", "Archivo del nodo %s, hecho el %s: %d hechos, %d de ellos olvidados por orden."},
	"uncovered":         {"The last %d facts are whole and under no checkpoint yet.", "Los últimos %d hechos están íntegros y aún no los cubre un punto de control."},
	"usage_bundle":      {"  bundle FILE.zip -keys DESCRIPTOR… [-witness DESCRIPTOR]…\n      a packet taken out as one file: every file, item, signature, receipt and proof; -keys of the node that made it and of the one that sent it, -witness of the other country", "  bundle ARCHIVO.zip -keys DESCRIPTOR… [-witness DESCRIPTOR]…\n      un expediente tomado como un solo archivo: cada archivo, constancia, firma, acuse y prueba; -keys del nodo que lo hizo y del que lo envió, -witness del otro país"},
	"bundle":            {"Packet %[1]s, version %[2]d, taken out of node %[3]s on %[4]s. Digest of its manifest (SHA-256):\n  %[5]s", "Expediente %[1]s, versión %[2]d, tomado del nodo %[3]s el %[4]s. Resumen de su índice (SHA-256):\n  %[5]s"},
	"bundle_copy":       {"It is copy %[1]d that left node %[2]s, by the act %[4]s of account %[3]s.", "Es la copia %[1]d que salió del nodo %[2]s, por el acto %[4]s de la cuenta %[3]s."},
	"bundle_files":      {"All %d files are as the node signed for: none was altered, renamed, added or taken out.", "Los %d archivos están como el nodo los firmó: ninguno fue alterado, renombrado, agregado ni retirado."},
	"bundle_items":      {"%d items are byte for byte as they were frozen. %d more are listed and were sealed to whoever took this copy.", "%d constancias están byte por byte como se integraron. Otras %d constan en el índice y estaban selladas para quien tomó esta copia."},
	"bundle_print":      {"Reading: %s. The node %s answers for it with its signature; what was approved and sent are the items.", "Lectura: %s. El nodo %s responde por ella con su firma; lo validado y enviado son las constancias."},
	"bundle_custody":    {"Exhibit %s: %d steps of custody, each signed by whoever took it.", "Indicio %s: %d actos de custodia, cada uno firmado por quien lo realizó."},
	"bundle_exhibit":    {"  Its file %s, %d bytes, is byte for byte the one that was frozen with the packet and that step %d names. SHA-256:\n    %s", "  Su archivo %s, %d bytes, es byte por byte el que se integró con el expediente y el que nombra el acto %d. SHA-256:\n    %s"},
	"bundle_absent":     {"  A file of it, %d bytes, that step %d names, is not in this copy: %s. Node %s holds it. SHA-256:\n    %s", "  Un archivo suyo, %d bytes, que nombra el acto %d, no está en esta copia: %s. Lo guarda el nodo %s. SHA-256:\n    %s"},
	"bundle_step":       {"  Step %d, signed %s by %s, account %s of office %s.", "  Acto %d, firmado el %s por %s, cuenta %s de la oficina %s."},
	"bundle_gap":        {"    It does not name the step before: something is missing between the two.", "    No nombra el acto anterior: entre ambos falta algo."},
	"bundle_act":        {"%s: on %s by %s, account %s of office %s.", "%s: el %s por %s, cuenta %s de la oficina %s."},
	"bundle_approved":   {"Approved by a second person", "Validado por segunda persona"},
	"bundle_sent":       {"Sent", "Enviado"},
	"bundle_in":         {"  It is leaf %d (from 0) of %d in the journal of %s.", "  Es la hoja %d (desde 0) de %d en la bitácora de %s."},
	"bundle_receipt":    {"Received: %s signed for it on %s and undertook to use it for nothing but its purpose.", "Recibido: %s firmó por él el %s y se obligó a usarlo sólo para su finalidad."},
	"bundle_refused":    {"Refused: %s refused it by signed receipt on %s: %s", "Rechazado: %s lo rechazó con acuse firmado el %s: %s"},
	"bundle_uncosigned": {"  No other node that was named here has cosigned it: that the journal was not rewritten rests on its own node.", "  Ningún otro nodo de los nombrados aquí lo cofirmó: que la bitácora no se reescribió descansa en su propio nodo."},
	"bundle_unseen":     {"No receipt of the other side is in the file.", "El archivo no trae acuse de la otra autoridad."},
	"usage_descriptor":  {"  descriptor FILE\n      a node's keys and the words of its fingerprint", "  descriptor ARCHIVO\n      las claves de un nodo y las palabras de su huella"},
	"usage_end":         {"Exit code: 0 holds, 1 does not hold, 2 not understood.", "Código de salida: 0 correcto, 1 no es correcto, 2 no se entiende."},
}

// codes says each refusal code in a sentence.
var codes = map[wire.Code]both{
	wire.CodeMalformed:      {"it does not follow the format", "no sigue el formato"},
	wire.CodeUnknownVersion: {"its version is not known here", "su versión no se conoce aquí"},
	wire.CodeUnknownKind:    {"its kind is not known here", "su tipo no se conoce aquí"},
	wire.CodePurpose:        {"its purpose is not admitted", "su finalidad no se admite"},
	wire.CodeAccord:         {"no accord in force covers it", "ningún acuerdo vigente lo cubre"},
	wire.CodeUnsigned:       {"a signature that it needs is missing", "falta una firma necesaria"},
	wire.CodeSignature:      {"a signature does not verify with the key given", "una firma no se comprueba con la clave dada"},
	wire.CodeMethod:         {"the way it was signed is not accepted here", "la forma en que se firmó no se acepta aquí"},
	wire.CodeMisaddressed:   {"it is from or for someone else", "es de otro o para otro"},
	wire.CodeAltered:        {"it was altered or belongs to something else", "fue alterado o pertenece a otra cosa"},
	wire.CodeLate:           {"it arrived after it had expired", "llegó después de haber vencido"},
	wire.CodeOtherDigest:    {"the same id was recorded with another content", "el mismo identificador se registró con otro contenido"},
	wire.CodeNotOwner:       {"the sender does not own it", "no corresponde al remitente"},
	wire.CodeStep:           {"the procedure does not allow this step now", "el procedimiento no permite este paso ahora"},
	wire.CodeSupersededKey:  {"it was sealed or signed with a former key", "se selló o firmó con una clave anterior"},
	wire.CodeRevokedKey:     {"a key that was revoked", "una clave revocada"},
	wire.CodeSequence:       {"it does not follow what came before", "no sigue a lo anterior"},
	wire.CodeEpoch:          {"it belongs to another epoch of the lane", "pertenece a otra época del carril"},
	wire.CodeUnknownObject:  {"it names something that the receiver never had", "nombra algo que el receptor nunca tuvo"},
	wire.CodeConsent:        {"no consent in force covers it", "ningún consentimiento vigente lo cubre"},
	wire.CodeHandling:       {"a handling code forbids it", "un código de manejo lo prohíbe"},
	wire.CodeStopped:        {"the sender had withdrawn it before", "el remitente lo había retirado antes"},
	wire.CodeContent:        {"its content does not follow the rule of its kind", "su contenido no sigue la regla de su tipo"},
}
