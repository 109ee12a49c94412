// How the runtime's arguments become those of a kernel. Comes after the translated text.
#pragma once
namespace __msl {
struct buffer_argument {
  void *address;
  template <class T> operator T *() const { return (T *)address; }
  template <class T> operator T &() const { return *(T *)address; }
};
struct position_argument {
  const unsigned *v;
  template <class T> operator T() const {
    typedef components<T> C;
    static_assert(__is_same(typename C::element, uint) || __is_same(typename C::element, ushort), "positions and sizes are uint or ushort");
    if constexpr (C::vector) {
      T r;
      for (int i = 0; i < C::count; i++) r[i] = (typename C::element)v[i];
      return r;
    } else
      return (T)v[0];
  }
};
template <class T> struct layout { static constexpr int size = sizeof(T), align = alignof(T); };
template <> struct layout<void> { static constexpr int size = 1, align = 1; };
template <> struct layout<const void> { static constexpr int size = 1, align = 1; };
template <class T> struct element_of : layout<T> {};
template <class T> struct element_of<T *> : layout<T> {};
template <class T> struct element_of<T &> : layout<T> {};
template <int I, class... P> struct nth;
template <class H, class... P> struct nth<0, H, P...> { typedef H type; };
template <int I, class H, class... P> struct nth<I, H, P...> : nth<I - 1, P...> {};
template <class F> struct parameters;
template <class R, class... P> struct parameters<R (*)(P...)> {
  template <int I> using element = element_of<typename nth<I, P...>::type>;
};
} // namespace __msl
