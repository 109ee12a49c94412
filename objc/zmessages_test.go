// Code generated from the //objc lines of this package; DO NOT EDIT.

package objc

// Stubs are the functions of all messages, by name.
var Stubs = map[string]any{
	"objcRetain":         (*call).objcRetain,
	"objcRelease":        (*call).objcRelease,
	"objcPoolPush":       (*call).objcPoolPush,
	"objcPoolPop":        (*call).objcPoolPop,
	"blockCopy":          (*call).blockCopy,
	"blockRelease":       (*call).blockRelease,
	"alloc":              (*call).alloc,
	"respondsToSelector": (*call).respondsToSelector,
	"stringInit":         (*call).stringInit,
	"stringUTF8":         (*call).stringUTF8,
	"stringBytes":        (*call).stringBytes,
	"stringLength":       (*call).stringLength,
	"stringCharacter":    (*call).stringCharacter,
	"errorDomain":        (*call).errorDomain,
	"errorCode":          (*call).errorCode,
	"errorDescription":   (*call).errorDescription,
	"errorFailureReason": (*call).errorFailureReason,
	"errorUserInfo":      (*call).errorUserInfo,
	"dataLength":         (*call).dataLength,
	"dataBytes":          (*call).dataBytes,
	"arrayCount":         (*call).arrayCount,
	"arrayObject":        (*call).arrayObject,
	"enumerate":          (*call).enumerate,
	"newArray":           (*call).newArray,
	"newDictionary":      (*call).newDictionary,
	"dictionarySet":      (*call).dictionarySet,
	"dictionaryKeys":     (*call).dictionaryKeys,
	"dictionaryObject":   (*call).dictionaryObject,
	"urlPath":            (*call).urlPath,
	"urlInitFile":        (*call).urlInitFile,
	"newDispatchData":    (*call).newDispatchData,
}
